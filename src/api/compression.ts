// Compresses an answer where the client takes gzip: on the thread pool, never on the main thread, and not where it cannot pay.
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { chooseEncoding } from '../model/index.ts';

const gzipAsync = promisify(gzip);
const MIN_BYTES = 1024;

export async function sendBody(request: FastifyRequest, reply: FastifyReply, body: Buffer): Promise<FastifyReply> {
  // CORS looks at the origin.
  reply.header('Vary', 'Accept-Encoding, Origin');
  const accepted = String(request.headers['accept-encoding'] ?? '');
  if (body.length < MIN_BYTES || chooseEncoding(accepted, ['gzip']) === 'identity') return reply.send(body);
  reply.header('Content-Encoding', 'gzip');
  return reply.send(await gzipAsync(body, { level: constants.Z_BEST_SPEED }));
}
