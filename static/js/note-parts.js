// What a saving sends: the parts of the note that changed since it was stored, and what every saving brings along.
// A part is a field, or all the fields of a column that holds several (sessions/rest_fields.py, `part_of`).

const ALWAYS = ["version", "form_token", "csrfmiddlewaretoken", "end", "proposed_words", "proposed_news", "rest", "speaking"];

const COLUMNS = [[/^d_/, "details"], [/^[xpa]_/, "exam"], [/^(t\d+|h)_/, "others"], [/^changes/, "changes"]];

export const partOf = (name) => COLUMNS.find(([begins]) => begins.test(name))?.[1] ?? name;

function values(text) {
  const found = new Map();
  new URLSearchParams(text).forEach((value, name) => found.set(name, `${found.get(name) ?? ""}\n${value.length}:${value}`));
  return found;
}

// The parts in which two states of the form differ; a box that was unticked stands in one of them alone.
export function changedParts(before, after) {
  const [old, now] = [values(before), values(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
  return [...new Set(names.map(partOf))];
}

// `data` without the parts that stand already, and with their names in `only`. Nothing stored yet: all of it.
export function onlyChanged(data, stored, text) {
  if (!stored) return data;
  const parts = changedParts(stored, text);
  [...new Set(data.keys())]
    .filter((name) => !ALWAYS.includes(name) && !name.startsWith("reason-") && !parts.includes(partOf(name)))
    .forEach((name) => data.delete(name));
  data.append("only", parts.join(" "));
  return data;
}
