// Compresses an answer where the client takes gzip: on the thread pool, never on the main thread, and not where it cannot pay.
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createGzip, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { chooseEncoding } from '../model/index.ts';

const gzipAsync = promisify(gzip);
const MIN_BYTES = 1024;
/** To put together what is larger holds the main thread. */
const MOST_TOGETHER = 1024 * 1024;

export async function sendBody(request: FastifyRequest, reply: FastifyReply, body: Buffer): Promise<FastifyReply> {
  // CORS looks at the origin.
  reply.header('Vary', 'Accept-Encoding, Origin');
  const accepted = String(request.headers['accept-encoding'] ?? '');
  if (body.length < MIN_BYTES || chooseEncoding(accepted, ['gzip']) === 'identity') return reply.send(body);
  reply.header('Content-Encoding', 'gzip');
  return reply.send(await gzipAsync(body, { level: constants.Z_BEST_SPEED }));
}

/** An answer in pieces, which are sent one after the other as the client reads them. */
export async function sendPieces(request: FastifyRequest, reply: FastifyReply, pieces: readonly Buffer[]): Promise<FastifyReply> {
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  if (bytes <= MOST_TOGETHER) return await sendBody(request, reply, Buffer.concat(pieces));
  reply.header('Vary', 'Accept-Encoding, Origin');
  const body = Readable.from(pieces, { objectMode: false });
  if (chooseEncoding(String(request.headers['accept-encoding'] ?? ''), ['gzip']) === 'identity')
    return reply.header('Content-Length', bytes).send(body);
  reply.header('Content-Encoding', 'gzip');
  // Where the client leaves, nothing is left to tell it.
  return reply.send(pipeline(body, createGzip({ level: constants.Z_BEST_SPEED }), () => undefined));
}
