"""The signs by which the kind of a block is known: its tags, and how its lines look."""

import re

from verify_snippets.pattern import Pattern

PYTHON_TAGS = {"python", "python3", "py", "py3", "ipython", "ipython3", "pycon", "python-repl", "jupyter"}
SHELL_TAGS = {
    *("bash", "sh", "shell", "zsh", "console", "commandline", "cmd", "terminal", "shell-session"),
    *("powershell", "ps1", "bat", "batch", "shellscript", "%%bash", "command"),
}
CONFIG_TAGS = {"json", "jsonc", "json5", "jsonl", "yaml", "yml", "toml", "ini", "cfg", "bibtex", "bib", "tex"}
CONFIG_TAGS |= {"latex", "properties", "env", "dotenv", "citation", "hocon", "conf", "config"}
OTHER_TAGS = {
    *("javascript", "js", "jsx", "typescript", "ts", "tsx", "mjs", "java", "kotlin", "scala", "swift", "go"),
    *("golang", "rust", "rs", "c", "cpp", "c++", "cc", "csharp", "c#", "cs", "objc", "objective-c", "cuda"),
    *("ruby", "rb", "php", "perl", "r", "julia", "lua", "dart", "matlab", "sql", "html", "css", "xml", "vue"),
    *("dockerfile", "docker", "makefile", "cmake", "haskell", "elixir", "diff", "patch", "proto", "graphql"),
    *("solidity", "zig", "nim", "fortran", "mermaid", "svelte", "nix"),
}
MARKUP_TAGS = {"html", "xml", "svg", "markdown", "md"}
TEXT_TAGS = {"output", "log", "logs", "stdout", "result", "results"}
OUTPUT_HEADING = Pattern(
    r"\b(outputs?|results?|performance|metrics?|samples?|generations?)\b|输出|结果", re.IGNORECASE
)
"""A heading over what comes out."""
OUTPUT_PROSE = Pattern(
    r"\b(outputs?|results?|returns?|prints?|produces?|yields?|gives?|shows?|printed|returned|resulting|"
    r"expected|looks? like this|response|(should|will|would|you|we) (see|get)|encounter|answer)\b|"
    r"输出|结果|返回|回答|出力|実行結果|결과",
    re.IGNORECASE,
)
"""A sentence that announces what comes out."""
RESULT_PROSE = Pattern(
    r"\b(outputs?|results?|response|returns?|answer)\b\W{0,3}"
    r"(is|are|:|looks?|as follows|will|would|should|$)|输出|结果|返回",
    re.IGNORECASE,
)
"""A sentence that says: this is the output."""
SENTENCE_END = Pattern(r"[.!?。]\s+|\n\s*\n")
"""Where a sentence of prose ends."""
CITATION = Pattern(r"@[A-Za-z]{3,20}\s*[{(]")
"""The first line of a BibTeX entry."""
DIFF_LINE = Pattern(r"diff --git |@@ -\d|--- [ab]/|\+\+\+ [ab]/")
"""The first lines of a patch."""
ERROR = Pattern(r"(Traceback \(most recent call last\)|[A-Za-z_.]*(Error|Exception|Warning): )")
"""The first line of an error."""
SETTING_PROSE = Pattern(
    r"\b(param\w*|config\w*|hyper\w*|arguments?|settings?|format|schema|fields?|files?|jsonl?|yaml|metadata)\b|参数|配置|格式",
    re.IGNORECASE,
)
"""Prose that calls a literal a setting rather than a result."""
JSON_KEY = Pattern(r"[\"'][\w .\-/]+[\"']\s*:\s")
"""A key and its colon."""
OTHER_LINE = Pattern(
    r"#include\s*[<\"]|const \w+ = (await|require|new)\b|import \{[^}]*\} from ['\"]|import \w+ from ['\"]|"
    r"(public|private) (static |final )*(class|void|func)\b|let (mut )?\w+ = |func \w+\(|fn \w+\(|"
    r"<(html|script|div|body|iframe|gradio-app)\b|using namespace|package main|FROM [\w./:-]+$"
)
"""A line that only another language has."""
PRINTED_VALUE = Pattern(
    r"(tensor|array|torch\.Size|OrderedDict|Dataset|DatasetDict|[A-Z]\w*Output)\(|['\"\d<-]"
)
"""How the printed form of a value begins."""
TEMPLATE = Pattern(
    r"<[|｜][\w ▁]+[|｜]>|\[/?INST\]|<</?SYS>>|"
    r"^#{2,3} ?(Instruction|Response|Input|System|User|Assistant|Human)\b|"
    r"^[ \t]*(USER|User|ASSISTANT|Assistant|Human|HUMAN|SYSTEM|System|AI|Bot|Question|GPT4 \w+)\s*:|"
    r"^[ \t]*Negative prompt\s*:|"
    r"^[ \t]*(Instruct|Instruction|Response|Answer)\s*:\s*([<{\[]|x{3}|$)|"
    r"<(start_of_turn|end_of_turn|s|/s|think)>|\{(prompt|instruction|input|question|system_message)\}",
    re.MULTILINE,
)
"""Marks of a prompt: roles, tokens, fields to fill in."""
INPUT_LINE = Pattern(
    r"\W*(example )?(input|query|question|prompt|source|text|输入|問題)s?\W*[:：]", re.IGNORECASE
)
"""What went in."""
OUTPUT_LINE = Pattern(
    r"\W*(model |example |expected )?(output|answer|response|result|prediction|输出|模型输出|答え)s?\W*[:：]",
    re.IGNORECASE,
)
"""What came out."""
PLACEHOLDER = Pattern(r"\{\w+\}|<\w+>|\[\w+\]|\.\.\.")
"""A field that is still open."""
OPEN_END = Pattern(r"\{\w+\}|(ASSISTANT|Assistant|AI|Bot|Response|assistant\|?>|Answer|model) ?:?\s*$")
"""A prompt that stops where the model goes on."""
PRINTED_OBJECT = Pattern(r"[A-Z]\w*\(\s*\n\s*\(?[\w.]+\)?: ")
"""How the printed form of a module with its layers begins."""
PYTHON_LINE = Pattern(
    r"(from [\w.]+ import |import [\w.]+( as \w+)?(, *[\w.]+)*$|def \w+\(|class \w+[(:]|print\(|"
    r"(for .+ in|with|if|while) .+:$|[\w.]+ = [\w.]+\(|@\w[\w.]*(\(|$))"
)
"""A line that can only be Python."""
SETTING = Pattern(r"[-*]?\s*[\w. \"'/()-]{1,60}\s*(:(\s+|$)|=(?!=))(?!.*[.?!]$)|\[[\w.]+\]$")
"""``name: value`` or ``name = value``, alone on its line."""
METRIC = Pattern(
    r"\b(accuracy|acc|precision|recall|f1\w*|loss|wer|cer|bleu\w*|rouge\w*|perplexity|exact\w*|em|score|map|auc|mse|"
    r"rmse|mae|total|support|eval_\w+|test_\w+|\w+_(accuracy|f1|exact|total))\b\W{1,6}-?\d",
    re.IGNORECASE,
)
"""A measured number with its name."""
LIST_ITEM = Pattern(r"- \S{1,40}$")
"""An item of a YAML list."""
LOG = Pattern(
    r"\[?\d{4}-\d\d-\d\d|\d+%\||(INFO|WARNING|DEBUG|ERROR)\b|[|+][-=+|]{5,}|.*\d\.\d+(\s+\d[\d.]*){2,}"
)
"""A line of a log: a date, a progress bar, a level, a table of numbers."""
NUMBER = Pattern(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
"""A number on its own."""
SEQUENCE = Pattern(r">(?!>>)\S|[A-Z*.]{8,}$")
"""A line of a FASTA file."""
ADDRESS = Pattern(r"https?://\S")
"""An address, at the beginning of a line."""
CLASSES_HEADING = Pattern(r"\b(labels?|class(es)?|categories|entities)\b|标签|类别", re.IGNORECASE)
"""A heading over what a model can tell apart."""
SHOWCASE_HEADING = Pattern(
    r"\b(examples?|samples?|demos?|showcases?|conversations?)\b|示例|例", re.IGNORECASE
)
"""A heading over what a model has answered."""
ANSWER = Pattern(r"^[ \t]*(ASSISTANT|Assistant|AI|Bot|assistant)\s*:\s*\S.{40}", re.MULTILINE)
"""An answer that has been given, and not only asked for."""
