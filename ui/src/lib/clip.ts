// Plain text into the clipboard. Credentials never come this way: the resident process copies them by itself.

/** Copies a node's text. Where the window may not, the text is selected, and a key copies it; says whether it may. */
export async function copyText(node: HTMLElement): Promise<boolean> {
  getSelection()?.selectAllChildren(node);
  try {
    await navigator.clipboard.writeText(node.textContent ?? '');
    return true;
  } catch {
    return false;
  }
}
