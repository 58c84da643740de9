// Addresses that others told: a link is made of them only where they lead to a page.

/** The address without a slash at its end; null unless it is one of http or https. */
export function webAddress(text: string): string | null {
  try {
    const { protocol, href } = new URL(text);
    return protocol === 'http:' || protocol === 'https:' ? href.replace(/\/+$/, '') : null;
  } catch {
    return null;
  }
}
