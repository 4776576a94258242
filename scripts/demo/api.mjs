// A person who uses the public API: logs in, keeps the token, waits when told to, repeats only what is safe to repeat.
import { randomUUID } from "node:crypto";

const patience = 60_000;

export class Refused extends Error {
  constructor(method, path, status, body) {
    super(`${method} ${path} answered ${status}: ${body?.detail ?? body?.title ?? JSON.stringify(body)}`);
    this.status = status;
    this.code = body?.code;
    this.body = body;
  }
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Person {
  constructor(entrance, email, password) {
    this.entrance = entrance;
    this.email = email;
    this.password = password;
    this.token = null;
  }

  // Registers, or logs in where the account is there already.
  async arrive(name) {
    const account = { email: this.email, password: this.password };
    try {
      this.accept(await this.post("/api/auth/register", { ...account, name }));
    } catch (error) {
      if (error.status !== 409) throw error;
      this.accept(await this.post("/api/auth/login", account));
    }
    return this;
  }

  accept(answer) {
    this.token = answer.access_token;
    this.id = answer.user.id;
  }

  get(path) {
    return this.send("GET", path);
  }

  // The key makes a repeat harmless, so a lost answer is asked for again.
  post(path, body = {}) {
    return this.send("POST", path, body, { "idempotency-key": randomUUID() });
  }

  async send(method, path, body, headers = {}) {
    const until = Date.now() + patience;
    for (;;) {
      let answer;
      try {
        answer = await this.fetch(method, path, body, headers);
      } catch (error) {
        if (Date.now() > until) throw new Error(`${method} ${path}: ${error.cause?.message ?? error.message}`);
        await sleep(500);
        continue;
      }
      const busy = [429, 502, 503, 504].includes(answer.status);
      if (busy && Date.now() < until) {
        await sleep(1000 * Number(answer.headers.get("retry-after") ?? 1));
        continue;
      }
      const text = await answer.text();
      const json = text === "" ? null : parse(text);
      if (!answer.ok) throw new Refused(method, path, answer.status, json);
      return json;
    }
  }

  fetch(method, path, body, headers) {
    return fetch(this.entrance + path, {
      method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
  }

  // All items of a keyset-paged list.
  async all(path) {
    const items = [];
    let cursor = null;
    do {
      const mark = path.includes("?") ? "&" : "?";
      const page = await this.get(`${path}${mark}limit=100${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`);
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return items;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { detail: text.slice(0, 200) };
  }
}

// Calls check again and again until it answers something, for what others do in their own time.
export async function eventually(what, check, seconds = 30) {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > until) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await sleep(250);
  }
}
