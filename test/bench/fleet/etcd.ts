import { Agent, request } from "node:http";

/** Bytes of one transaction: etcd takes 1.5 MiB, and base64 is a third more than its content. */
const BATCH_BYTES = 1_000_000;
/** etcd's own limit. */
const BATCH_OBJECTS = 128;
/** Transactions under way at once. */
const AT_ONCE = 4;

/** Stores what an API server keeps straight in its etcd, by etcd's gateway for JSON, many values at once. */
export class Etcd {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  private batch: object[] = [];
  private bytes = 0;
  private readonly sending = new Set<Promise<void>>();

  /** @param url Where etcd listens for clients. */
  constructor(private readonly url: string) {}

  /** Stores a value under a key. */
  async put(key: string, value: string): Promise<void> {
    const put = { key: Buffer.from(key).toString("base64"), value: Buffer.from(value).toString("base64") };
    const size = put.value.length;
    if (this.bytes + size > BATCH_BYTES || this.batch.length === BATCH_OBJECTS) {
      await this.send();
    }
    this.batch.push({ requestPut: put });
    this.bytes += size;
  }

  /** Comes to its end when all has been stored. */
  async end(): Promise<void> {
    await this.send();
    await Promise.all(this.sending);
    this.agent.destroy();
  }

  private async send(): Promise<void> {
    const success = this.batch;
    this.batch = [];
    this.bytes = 0;
    if (this.sending.size >= AT_ONCE) {
      await Promise.race(this.sending);
    }
    const sent = this.post("/v3/kv/txn", JSON.stringify({ success })).finally(() => this.sending.delete(sent));
    this.sending.add(sent);
  }

  private post(path: string, body: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.url}${path}`, { method: "POST", agent: this.agent }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          answer.statusCode === 200
            ? resolve()
            : reject(new Error(`${this.url}${path} answered ${answer.statusCode}: ${Buffer.concat(chunks)}`)),
        );
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }
}
