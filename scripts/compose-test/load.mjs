// Requests without a pause, none of which may fail: what a buyer sees while replicas come and go.
import { Agent, request } from "node:http";

const perSecond = 40;

// Holds and gives back, looks at the event and at what is left, until the time is over or SIGTERM. A request that meets a kept
// connection which the entrance closes at that moment is sent again, as clients do (RFC 9112, 9.3.1).
export async function load(entrance, people, event, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const failures = [];
  let sent = 0;
  let shed = 0;
  let slowest = 0;
  let going = true;
  process.on("SIGTERM", () => (going = false));

  async function ask(method, path, person, body) {
    sent += 1;
    const began = Date.now();
    let answer;
    for (let attempt = 0; ; attempt += 1) {
      try {
        answer = await once(agent, entrance + path, method, person, body);
        if (!isShed(answer) || attempt === 3) break;
        shed += 1;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      } catch (error) {
        if (error.reused && attempt < 2) continue;
        answer = { status: error.message };
        break;
      }
    }
    slowest = Math.max(slowest, Date.now() - began);
    if (!(answer.status < 500)) failures.push(`${method} ${path} ${answer.status}`);
    return answer.body;
  }

  async function life(person) {
    while (going) {
      const began = Date.now();
      const booking = await ask("POST", "/api/booking/bookings", person, { event_id: event, seats: 1 });
      if (booking?.id) {
        await ask("GET", `/api/booking/bookings/${booking.id}`, person);
        await ask("POST", `/api/booking/bookings/${booking.id}/cancel`, person, {});
      }
      await ask("GET", `/api/booking/events/${event}/availability`, person);
      const left = (4000 * people.length) / perSecond - (Date.now() - began);
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    }
  }

  const timer = setTimeout(() => (going = false), seconds * 1000);
  await Promise.all(people.map(life));
  clearTimeout(timer);
  agent.destroy();
  console.log(JSON.stringify({ requests: sent, failed: failures.length, slowest_ms: slowest, shed, first: failures[0] ?? null }));
  process.exitCode = failures.length === 0 ? 0 : 1;
}

// A service that has more to do than it can soon (half a second, on a busy machine) says so itself, which the entrance words
// otherwise: nothing is lost with it, and it is asked again when it said.
const isShed = (answer) => answer.status === 503 && answer.body?.title === "Temporarily unavailable";

function once(agent, url, method, person, body) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = { authorization: `Bearer ${person.token}` };
    if (text !== undefined) Object.assign(headers, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    const asked = request(url, { agent, method, headers, timeout: 20_000 }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        let json = null;
        try {
          json = JSON.parse(Buffer.concat(parts));
        } catch {
          // Its status says enough.
        }
        resolve({ status: answer.statusCode, body: json });
      });
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer within 20 s")));
    asked.on("error", (error) => reject(Object.assign(error, { reused: asked.reusedSocket && error.code === "ECONNRESET" })));
    asked.end(text);
  });
}
