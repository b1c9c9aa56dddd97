"""Any report, made into one with several columns."""

from verify_snippets.report.columns import columns_of
from verify_snippets.report.model import HostReport, Report


def by_columns(report: Report, *libraries: str) -> Report:
    """A column for each variant of libraries, all with the same runs, on machines of their own."""
    (column,) = columns_of(report)
    columns = tuple(
        column.model_copy(
            update={"libraries": name, "host": HostReport(cpus=number, cpu_model=name, gpus=(name,))}
        )
        for number, name in enumerate(libraries, 1)
    )
    snippets = [
        snippet.model_copy(
            update={
                "runs": tuple(
                    run.model_copy(update={"column": number, "libraries": name})
                    for number, name in enumerate(libraries)
                    for run in snippet.runs
                )
            }
        )
        for snippet in report.snippets
    ]
    return report.model_copy(update={"columns": columns, "snippets": tuple(snippets)})
