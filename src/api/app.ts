// The HTTP application: every route of the server on one fastify instance, under the route prefix.
// Invariants: requests are bounded (body, headers, parameters); nothing below /federate and /api answers before the server is
// ready; an unknown path is 404, a known path with another method 405.
import cors from '@fastify/cors';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type HTTPMethods } from 'fastify';
import { CONTENT_TYPES, formatFamilies, negotiateFormat } from '../metrics/index.ts';
import { adminRoutes } from './admin.ts';
import { alertmanagerRoutes } from './alertmanagers.ts';
import { sendBody, sendPieces } from './compression.ts';
import { ApiError } from './errors.ts';
import { federationRoutes } from './federation.ts';
import { createHttpMetrics } from './http-metrics.ts';
import { liveNotificationsRoute } from './live-notifications.ts';
import { metadataRoutes } from './metadata.ts';
import { PAGE_PATHS } from './page-paths.ts';
import { mergeParameters } from './parameters.ts';
import type { ApiOptions, ApiPorts } from './ports.ts';
import { queryRoutes } from './query.ts';
import { relabelStepRoutes } from './relabel-steps.ts';
import { type ApiRoute, encodeAnswer } from './route.ts';
import { ruleRoutes } from './rules.ts';
import { seriesRoutes } from './series.ts';
import { statusRoutes } from './status.ts';
import { targetRoutes } from './targets.ts';
import { WebPages } from './web-pages.ts';

/** As Go's ParseForm bounds a form. */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024;
const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json';

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

function parametersOf(request: FastifyRequest): URLSearchParams {
  const { url = '' } = request.raw;
  // The query begins at the first question mark; others may be part of a selector.
  const mark = url.indexOf('?');
  return mergeParameters(typeof request.body === 'string' ? request.body : '', mark < 0 ? '' : url.slice(mark + 1));
}

function clientGone(reply: FastifyReply): AbortSignal {
  const abort = new AbortController();
  // To abort is to make an error with its stack: not for each answer that came to its end.
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) abort.abort();
  });
  return abort.signal;
}

/** The framework lets go of the response; what it was to send beside the body is kept. */
function beginRaw(reply: FastifyReply, headers: Readonly<Record<string, string>>): FastifyReply['raw'] {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(200, { ...headers });
  return reply.raw;
}

/** A buffer, not a string: fastify adds a charset to JSON strings' type. */
function sendError(reply: FastifyReply, status: number, errorType: string, error: string): FastifyReply {
  return reply
    .code(status)
    .type(JSON_TYPE)
    .send(Buffer.from(JSON.stringify({ status: 'error', errorType, error })));
}

function sendNotFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).type(TEXT).send('404 page not found\n');
}

/** No route has a schema: without this the compilers of schemas are loaded, which takes 20 ms of a start and some MB. */
function noSchemas(): never {
  throw new Error('BUG: a route has a schema');
}

class Application {
  readonly app: FastifyInstance;
  readonly #ports: ApiPorts;
  readonly #options: ApiOptions;
  readonly #prefix: string;
  /** Methods by path pattern, for 405. */
  readonly #methods = new Map<string, string[]>();

  constructor(ports: ApiPorts, options: ApiOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#prefix = options.routePrefix === '/' ? '' : options.routePrefix;
    this.app = fastify({
      bodyLimit: BODY_LIMIT_BYTES,
      routerOptions: { maxParamLength: 8192, querystringParser: () => ({}) },
      exposeHeadRoutes: false,
      return503OnClosing: false,
      schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
      frameworkErrors: (error, _request, reply) => void sendError(reply, error.statusCode ?? 400, 'bad_data', error.message),
    });
    this.#readForms();
    this.#measure();
    this.#answerErrors();
  }

  mount(): void {
    this.#mountLifecycle();
    this.#mountPages();
    this.#mountFederate();
    this.#mountApi();
  }

  #route(methods: readonly HTTPMethods[], path: string, handler: Handler): void {
    this.#methods.set(`${this.#prefix}${path}`, [...methods]);
    this.app.route({ method: [...methods], url: `${this.#prefix}${path}`, config: { handler: path }, handler });
  }

  #mountLifecycle(): void {
    const { lifecycle } = this.#ports;
    this.#route(['GET', 'HEAD'], '/-/healthy', (_, reply) => reply.type(TEXT).send('Tributary is Healthy.\n'));
    this.#route(['GET', 'HEAD'], '/-/ready', (_, reply) => this.#whenReady(reply) ?? reply.type(TEXT).send('Tributary is Ready.\n'));
    const control = (path: string, act: (reply: FastifyReply) => Promise<unknown>): void => {
      this.#route(['GET', 'POST', 'PUT'], path, (request, reply) => {
        if (request.method === 'GET') return reply.code(405).type(TEXT).send('Only POST or PUT requests allowed');
        if (!this.#options.enableLifecycle) return reply.code(403).type(TEXT).send('Lifecycle API is not enabled.');
        return act(reply);
      });
    };
    control('/-/reload', async (reply) => {
      try {
        await lifecycle.reload();
      } catch (error) {
        return reply
          .code(500)
          .type(TEXT)
          .send(`failed to reload config: ${(error as Error).message}\n`);
      }
      return reply.send('');
    });
    control('/-/quit', async (reply) => {
      reply.raw.once('finish', () => lifecycle.quit());
      return reply.type(TEXT).send('Requesting termination... Goodbye!');
    });
  }

  #mountPages(): void {
    const { registry, status } = this.#ports;
    const pages = new WebPages(this.#options.webPages);
    const redirect = (path: string, page: string): void =>
      this.#route(['GET', 'HEAD'], path, (request, reply) => pages.redirect(request, reply, page));
    for (const path of PAGE_PATHS) {
      this.#route(['GET', 'HEAD'], path, (_, reply) => pages.send(reply));
      // One segment deeper the application would not find its prefix, nor its files.
      redirect(`${path}/`, `..${path}`);
    }
    // Alertmanager and runbooks link to /graph, as older Prometheus servers have it.
    for (const path of ['/', '/graph']) redirect(path, 'query');
    redirect('/graph/', '../query');
    this.#route(['GET', 'HEAD'], '/favicon.ico', (_, reply) => pages.sendIcon(reply) ?? sendNotFound(reply));
    this.app.register((app) => pages.mountAssets(app, this.#prefix));
    if (this.#prefix !== '') {
      for (const path of ['/', this.#prefix]) this.app.get(path, (_, reply) => reply.redirect(`${this.#prefix}/`, 302));
    }
    this.#route(['GET', 'HEAD'], '/metrics', (request, reply) => {
      const format = negotiateFormat(request.headers.accept ?? '');
      return sendBody(request, reply.type(CONTENT_TYPES[format]), Buffer.from(formatFamilies(registry.collect(), format)));
    });
    this.#route(['GET'], '/version', (_, reply) => reply.type(JSON_TYPE).send(Buffer.from(JSON.stringify(status.buildInfo))));
  }

  #mountFederate(): void {
    this.#route(['GET', 'POST'], '/federate', async (request, reply) => {
      const refused = this.#whenReady(reply);
      if (refused !== undefined) return refused;
      const { accept = '', 'accept-encoding': acceptEncoding, 'user-agent': userAgent = '' } = request.headers;
      const client = { address: request.ip, userAgent };
      reply.hijack();
      await this.#ports.federate.handle(
        { params: parametersOf(request), accept, acceptEncoding: String(acceptEncoding ?? ''), client },
        reply.raw,
      );
    });
  }

  #mountApi(): void {
    const ports = this.#ports;
    const routes: ApiRoute[] = [
      ...targetRoutes(ports),
      ...relabelStepRoutes(ports),
      ...metadataRoutes(ports),
      ...seriesRoutes(ports),
      ...statusRoutes(ports),
      liveNotificationsRoute(ports, this.#options.maxNotificationsSubscribers),
      ...queryRoutes(ports, this.#options),
      ...alertmanagerRoutes(ports),
      ...adminRoutes(ports, this.#options),
      ...ruleRoutes(ports),
      ...federationRoutes(ports),
    ];
    const { corsOrigin } = this.#options;
    this.app.register(async (api) => {
      await api.register(cors, {
        origin: corsOrigin.pattern === '.*' ? '*' : (origin, done) => done(null, origin !== undefined && corsOrigin.matches(origin)),
        methods: ['GET', 'POST', 'OPTIONS'],
        allowedHeaders: ['Accept', 'Authorization', 'Content-Type', 'Origin'],
        exposedHeaders: ['Date'],
        strictPreflight: false,
      });
      for (const route of routes) {
        const path = `/api/v1${route.path}`;
        this.#methods.set(`${this.#prefix}${path}`, [...route.methods]);
        api.route({
          method: [...route.methods],
          url: `${this.#prefix}${path}`,
          config: { handler: path },
          handler: async (request, reply) => {
            const refused = route.early ? undefined : this.#whenReady(reply);
            if (refused !== undefined) return refused;
            const answer = await route.handle({
              params: parametersOf(request),
              path: request.params as Record<string, string>,
              signal: clientGone(reply),
              acceptEncoding: String(request.headers['accept-encoding'] ?? ''),
              client: { address: request.ip, method: request.method, path },
              begin: (headers) => beginRaw(reply, headers),
            });
            if (answer === 'written') return reply;
            if (answer === null) return reply.code(204).send();
            reply.type(JSON_TYPE);
            return 'pieces' in answer ? sendPieces(request, reply, answer.pieces) : sendBody(request, reply, encodeAnswer(answer));
          },
        });
      }
    });
  }

  /** 503 until the server is ready, and again when it stops. */
  #whenReady(reply: FastifyReply): FastifyReply | undefined {
    const state = this.#ports.lifecycle.state();
    if (state === 'ready') return undefined;
    if (state === 'stopping') reply.header('X-Prometheus-Stopping', 'true');
    return reply.code(503).type(TEXT).send('Service Unavailable');
  }

  /** Forms are kept as text; bodies of other types are not looked at, as in Go's ParseForm. */
  #readForms(): void {
    this.app.removeAllContentTypeParsers();
    this.app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    this.app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined));
  }

  #measure(): void {
    const metrics = createHttpMetrics(this.#ports.registry);
    const written = new WeakMap<FastifyRequest, number>();
    this.app.addHook('onRequest', (request, _reply, done) => {
      written.set(request, request.raw.socket.bytesWritten ?? 0);
      done();
    });
    this.app.addHook('onResponse', (request, reply, done) => {
      const { handler } = request.routeOptions.config as { handler?: string };
      if (handler !== undefined) {
        // Streamed answers have no length: what the connection sent meanwhile is near enough.
        const sent = (request.raw.socket.bytesWritten ?? 0) - (written.get(request) ?? 0);
        const bytes = Number(reply.getHeader('content-length') ?? sent);
        metrics.served(handler, reply.raw.statusCode, reply.elapsedTime / 1000, bytes);
      }
      done();
    });
  }

  #answerErrors(): void {
    this.app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      // A response that was begun cannot become an error any more: the connection is broken off.
      if (reply.sent) return reply.raw.destroy();
      if (error instanceof ApiError) return sendError(reply, error.status, error.code, error.message);
      const status = error.statusCode ?? 500;
      if (status >= 500) this.#ports.logger.error('Request failed', { path: request.routeOptions.url, err: error });
      return sendError(reply, status, status >= 500 ? 'internal' : 'bad_data', error.message);
    });
    this.app.setNotFoundHandler((request, reply) => {
      const path = (request.raw.url ?? '').split('?', 1)[0];
      const methods = this.#methods.get(path) ?? this.#methods.get(path.replace(/(\/api\/v1\/label\/)[^/]+(\/values)$/, '$1:name$2'));
      if (methods === undefined) return sendNotFound(reply);
      return reply
        .code(405)
        .header('Allow', [...methods, 'OPTIONS'].join(', '))
        .type(TEXT)
        .send('Method Not Allowed\n');
    });
  }
}

/** The application, ready to be given connections; `handle` is a Node request listener. */
export async function createApplication(ports: ApiPorts, options: ApiOptions): Promise<FastifyInstance> {
  const application = new Application(ports, options);
  application.mount();
  await application.app.ready();
  return application.app;
}
