import { count } from "../../format.ts";
import type { ProjectRow, ReportData } from "../page-data.ts";
import { projectCells, projectColumns, projectKeys } from "../project-cells.ts";
import { button, element } from "./elements.ts";

/** Rows that are made at a time: a page with thousands of them would be slow. */
const step = 200;

/** Makes the table of projects sortable and searchable. */
export function enhanceProjects(table: HTMLTableElement, { projects, states }: ReportData): void {
  const [body] = table.tBodies;
  const headings = [...(table.tHead?.rows[0]?.cells ?? [])];
  const frame = table.parentElement;
  if (body === undefined || frame === null) return;
  const collator = new Intl.Collator(undefined, { numeric: true });
  // A project stands in one place of the page: its keys are found once.
  const all = projects.map((row) => ({ row, keys: projectKeys(row), text: `${row[0]} ${row[1]}`.toLowerCase() }));
  let sorted = all;
  let order = { column: 1, descending: true };
  let shown = step;

  const search = element("input", { type: "search" });
  const status = element("p", { class: "said", role: "status" });
  const more = button("Show more", "Show more projects", () => {
    shown += 5 * step;
    fill();
  });
  const fill = (): void => {
    const words = search.value.toLowerCase();
    const found = words === "" ? sorted : sorted.filter(({ text }) => text.includes(words));
    body.replaceChildren(...found.slice(0, shown).map(({ row }) => rowOf(row, states)));
    const which = words === "" ? "" : ` of ${count(all.length)}`;
    const part = found.length > shown ? `the first ${count(shown)} of them` : "all of them";
    status.textContent = found.length === 0 ? "none found" : `${count(found.length)}${which} found, ${part} shown`;
    more.hidden = found.length <= shown;
  };
  const sort = (column: number): void => {
    const isNumber = projectColumns[column]?.[1] ?? false;
    const descending = order.column === column ? !order.descending : isNumber;
    order = { column, descending };
    const sign = descending ? -1 : 1;
    sorted = [...all].sort((one, other) => {
      const [a = "", b = ""] = [one.keys[column], other.keys[column]];
      return sign * (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b)));
    });
    headings.forEach((heading, index) => {
      if (index === column) heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    });
    fill();
  };

  headings.forEach((heading, column) => {
    const text = heading.textContent ?? "";
    const made = element("button", { text, type: "button" });
    made.addEventListener("click", () => sort(column));
    heading.replaceChildren(made);
  });
  headings[order.column]?.setAttribute("aria-sort", "descending");
  search.addEventListener("input", () => {
    shown = step;
    fill();
  });
  frame.before(element("label", { class: "finder", text: "Search in names and states " }, [search]), status);
  frame.after(more);
  frame.parentElement?.querySelector("[data-left]")?.remove();
  fill();
}

function rowOf(row: ProjectRow, states: ReportData["states"]): HTMLTableRowElement {
  const [name = "", ...cells] = projectCells(row, states);
  return element("tr", {}, [
    element("th", { scope: "row" }, [element("bdi", {}, [element("code", { text: name })])]),
    ...cells.map((text, column) =>
      element("td", projectColumns[column + 1]?.[1] ? { text, class: "number" } : { text }),
    ),
  ]);
}
