// Asks the server. It never throws: what went wrong is an answer, with `status` 0 where there was none at all.

const PATIENCE_MS = 12000;
const RENEW_BEFORE_S = 300;

export class Server {
  constructor({ session, until }, { fetch = globalThis.fetch.bind(globalThis), now = Date.now, wait = sleep } = {}) {
    Object.assign(this, { session, until, fetch, now, wait });
  }

  // Asks again while the server says that it is too early, or busy, for as long as an agent may wait.
  async ask(method, path, body) {
    const began = this.now();
    for (;;) {
      const answer = await this.once(method, path, body);
      const seconds = Number(answer.retryAfter || 1);
      const later = answer.status === 503 && this.now() - began + seconds * 1000 < PATIENCE_MS;
      if (!later) return answer;
      await this.wait(seconds * 1000);
    }
  }

  async once(method, path, body) {
    try {
      const response = await this.fetch(path, {
        method,
        headers: { Authorization: `Bearer ${this.session}`, "Content-Type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
      });
      const text = await response.text();
      return {
        status: response.status,
        retryAfter: response.headers.get("Retry-After"),
        content: text ? JSON.parse(text) : {},
      };
    } catch {
      return { status: 0, retryAfter: null, content: {} };
    }
  }

  // Renews the session where it ends soon. Returns whether it is good.
  async renew() {
    if (this.until - this.now() / 1000 > RENEW_BEFORE_S) return true;
    const answer = await this.once("POST", "session");
    if (answer.status === 200) Object.assign(this, answer.content);
    return answer.status !== 401 && this.until > this.now() / 1000;
  }
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
