// An Alertmanager whose answers a test sets: it keeps the batches that it was sent, and answers them at once, when it is told to, or never.

import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { json } from 'node:stream/consumers';

export interface ReceivedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

export interface ReceivedBatch {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly alerts: readonly ReceivedAlert[];
}

export class FakeAlertmanager {
  /** In the order in which they came. */
  readonly batches: ReceivedBatch[] = [];
  status = 200;
  /** Batches that wait for an answer at the same time, at most. */
  mostWaiting = 0;
  connections = 0;
  readonly #server: Server;
  #held = false;
  readonly #waiting: (() => void)[] = [];
  #port = 0;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const alerts = (await json(request)) as ReceivedAlert[];
      this.batches.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, alerts });
      this.#waiting.push(() => response.writeHead(this.status).end('{}'));
      this.mostWaiting = Math.max(this.mostWaiting, this.#waiting.length);
      if (!this.#held) this.#answerAll();
    });
    this.#server.on('connection', () => this.connections++);
  }

  static async start(options: { readonly port?: number } = {}): Promise<FakeAlertmanager> {
    const fake = new FakeAlertmanager();
    await new Promise<void>((resolve, reject) => {
      fake.#server.once('error', reject);
      fake.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    const address = fake.#server.address();
    if (address === null || typeof address === 'string') throw new Error('cannot start Alertmanager: got no TCP address');
    fake.#port = address.port;
    return fake;
  }

  get port(): number {
    return this.#port;
  }

  /** `127.0.0.1:port`, as static_configs want it. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `http://${this.address}/api/v2/alerts`;
  }

  /** Values of `alertname`, batch by batch. */
  get names(): string[][] {
    return this.batches.map(({ alerts }) => alerts.map(({ labels }) => labels.alertname));
  }

  /** Nothing is answered until release(). */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#answerAll();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #answerAll(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }
}
