// HTTP as a client: scraping (scrape-client.ts) and sending (post-client.ts).
export type { BodySink } from './body-receiver.ts';
export { createDocumentClient, type DocumentClient, type DocumentRequest } from './document-client.ts';
export { ScrapeError, type ScrapeErrorCode } from './errors.ts';
export { createPostClient, type PostAnswer, type PostClient, type PostRequest } from './post-client.ts';
export type { Environment } from './proxy.ts';
export {
  createScrapeClient,
  type ScrapeClient,
  type ScrapeClientOptions,
  type ScrapeRequest,
  type ScrapeResult,
  type ScrapeWindow,
} from './scrape-client.ts';
