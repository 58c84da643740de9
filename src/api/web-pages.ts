// The web application as the server gives it out: one document for all pages, and its files, whose names have a hash of their content.
// Redirects are relative, so that they hold below any prefix and behind any proxy.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const NONCE_BYTES = 18;
const NONCE_PLACEHOLDER = 'CSP_NONCE_PLACEHOLDER';
const TIME_PLACEHOLDER = 'SERVER_TIME_PLACEHOLDER';
const TITLE_PLACEHOLDER = 'PAGE_TITLE_PLACEHOLDER';
/** Where the document says that its icon is. */
const ICON_LINK = /<link [^>]*href="\.\/(assets\/[\w.-]+\.svg)"[^>]*>/;
const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${TITLE_PLACEHOLDER}</title>
<p>The web application is not built: run <code>npm run setup</code> and start the server again. The API answers all the same:
<a href="api/v1/targets">api/v1/targets</a>, <a href="api/v1/rules">api/v1/rules</a>, <a href="metrics">metrics</a>.</p></html>
`;

export interface WebPagesOptions {
  /** Where the built application lies. */
  readonly folder: string;
  readonly title: string;
}

export class WebPages {
  readonly #document: string;
  readonly #assets: string | null;
  readonly #icon: string | null;

  constructor({ folder, title }: WebPagesOptions) {
    const built = readIf(join(folder, 'index.html'));
    this.#document = (built ?? NOT_BUILT).replaceAll(TITLE_PLACEHOLDER, escapeHtml(title));
    this.#assets = built === null ? null : join(folder, 'assets');
    const icon = ICON_LINK.exec(this.#document)?.[1];
    this.#icon = icon === undefined ? null : readIf(join(folder, icon));
  }

  /** The document. Each copy has a nonce of its own and the time, so it is not kept by anyone. */
  send(reply: FastifyReply): FastifyReply {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    return reply
      .headers({
        'Content-Security-Policy': policyWith(nonce),
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cache-Control': 'no-store',
      })
      .type('text/html; charset=utf-8')
      .send(this.#document.replaceAll(NONCE_PLACEHOLDER, nonce).replace(TIME_PLACEHOLDER, String(Date.now())));
  }

  /** For those who ask for it without having read the document. @returns null where the application is not built */
  sendIcon(reply: FastifyReply): FastifyReply | null {
    if (this.#icon === null) return null;
    return reply
      .headers({
        'Content-Security-Policy': "default-src 'none'",
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'public, max-age=86400',
      })
      .type('image/svg+xml')
      .send(this.#icon);
  }

  /** To `page`, with what was asked for. */
  redirect(request: FastifyRequest, reply: FastifyReply, page: string): FastifyReply {
    const { url = '' } = request.raw;
    const mark = url.indexOf('?');
    return reply.redirect(page + (mark < 0 ? '' : url.slice(mark)), 302);
  }

  /** A file's name changes with its content: browsers keep it for a year. */
  async mountAssets(app: FastifyInstance, prefix: string): Promise<void> {
    if (this.#assets === null) return;
    await app.register(fastifyStatic, {
      root: this.#assets,
      prefix: `${prefix}/assets/`,
      preCompressed: true,
      immutable: true,
      maxAge: '365d',
      index: false,
      decorateReply: false,
      logLevel: 'silent',
      setHeaders: (reply) => void reply.header('X-Content-Type-Options', 'nosniff'),
    });
  }
}

/** Only what this server gives out itself; styles that are made in the page carry the nonce. */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
}

function readIf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
