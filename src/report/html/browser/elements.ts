/** An element with its text and attributes. Text is only ever set as text, so that no name can become markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { text, ...attributes }: Readonly<Record<string, string>> = {},
  children: readonly Node[] = [],
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/** A button that does something. */
export function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const made = element("button", { text, type: "button", "aria-label": label });
  made.addEventListener("click", act);
  return made;
}

/** A colour of the style sheet, as it is now: light, dark or for print. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
