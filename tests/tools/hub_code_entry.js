// What of @huggingface/tasks is bundled: the code samples of model libraries, and nothing else of it.
import { MODEL_LIBRARIES_UI_ELEMENTS as LIBRARIES } from "./node_modules/@huggingface/tasks/dist/esm/model-libraries.js";

// The samples for a model, told as JSON, of its own library first, then of those that its tags name.
globalThis.hubCode = (text) => {
  const model = JSON.parse(text);
  const names = [...new Set([model.library_name, ...model.tags])];
  const shown = names.filter((name) => Object.hasOwn(LIBRARIES, name) && LIBRARIES[name].snippets);
  return JSON.stringify(shown.map((library) => ({ library, samples: LIBRARIES[library].snippets(model) })));
};
