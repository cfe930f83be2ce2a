/* A link in a line of its own, with a button that copies it. The page's own address comes before the "?". */

async function copyText(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    /* No clipboard without https or leave: the old way takes what is selected. */
    return document.execCommand("copy");
  }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".copy-link");
  const field = root.querySelector("input"), button = root.querySelector("button"), told = root.querySelector(".told");
  const link = `${location.origin}${location.pathname}?${data.query}`;
  if (field.value !== link) {
    field.value = link;
    told.textContent = "";
  }
  field.setAttribute("aria-label", data.label);
  button.textContent = data.button;
  field.onfocus = () => field.select();
  button.onclick = async () => {
    told.textContent = (await copyText(field)) ? "Copied." : "Press Ctrl+C (⌘C on a Mac) to copy.";
  };
}
