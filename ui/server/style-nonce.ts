// Styles that libraries add to the page while it runs carry the page's nonce, or the Content-Security-Policy refuses them.

/** The nonce of this page; '' for a page that was served without a policy. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}
