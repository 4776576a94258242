// What the demo's buyers have bought: a map that is not all free, an event that is sold out, tickets to look at.
import { eventually } from "./api.mjs";

// Holds and pays; answers when the tickets are there.
async function buy(buyer, event, what) {
  const booking = await buyer.post("/api/booking/bookings", { event_id: event.id, ...what });
  if (booking.total.amount === 0) {
    await buyer.post(`/api/booking/bookings/${booking.id}/checkout`);
  } else {
    await buyer.post("/api/payment/payments", { booking_id: booking.id, payment_method: "pm_card_visa" });
  }
  await eventually(`booking ${booking.id} of "${event.title}" is confirmed`, async () => {
    const now = await buyer.get(`/api/booking/bookings/${booking.id}`);
    return now.status === "confirmed";
  });
}

const general = (event, name, quantity) => ({
  items: [{ ticket_type_id: event.ticket_types.find((type) => type.name === name).id, quantity }],
});
const row = (letter, from, to) => ({
  seats: Array.from({ length: to - from + 1 }, (_, index) => `${letter}-${from + index}`),
});

// Bookings of one event are made once: whoever has one of it already bought all of them, or is asked to finish by hand.
async function once(buyer, event, orders, say) {
  const bookings = await buyer.all("/api/booking/bookings");
  const had = bookings.filter((booking) => booking.event_id === event.id && booking.status === "confirmed").length;
  for (const order of orders.slice(had)) await buy(buyer, event, order);
  if (orders.length > had) say(`${buyer.email} bought tickets of "${event.title}"`);
}

export async function purchases(ben, crowd, events, say) {
  const find = (title) => events.get(title);
  const premiere = find("The Cartographer's Daughter");
  await once(crowd, premiere, [row("C", 9, 14), row("D", 11, 18), row("F", 5, 8), row("H", 13, 20), row("K", 1, 6), row("C-B", 18, 23)], say);
  await once(crowd, find("Paper Lanterns"), [general(find("Paper Lanterns"), "Standing", 8)], say);
  for (const event of events.values()) {
    if (!event.soldOut) continue;
    const { capacity, max_per_order } = event.ticket_types[0];
    const orders = Array.from({ length: capacity / max_per_order }, () => general(event, event.ticket_types[0].name, max_per_order));
    await once(crowd, event, orders, say);
  }
  await once(ben, premiere, [row("E", 12, 13)], say);
  await once(ben, find("Paper Lanterns"), [general(find("Paper Lanterns"), "Standing", 2)], say);
  await once(ben, find("Sunrise Yoga by the Danube"), [general(find("Sunrise Yoga by the Danube"), "Free entry", 1)], say);
}
