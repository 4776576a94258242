import { queryOptions } from "@tanstack/react-query";
import { payment, unwrap } from "../clients";
import { once } from "../idempotency";
import { traceparent } from "../trace";
import type { Payment, PaymentDocument } from "../types";

/** All attempts to pay one booking, newest first. */
export function paymentsQuery(bookingId: string) {
  return queryOptions({
    queryKey: ["payments", bookingId],
    queryFn: async ({ signal }): Promise<Payment[]> => {
      const { items } = await unwrap(payment.GET("/payments", { params: { query: { booking_id: bookingId } }, signal }));
      return [...items].sort((a, b) => b.created_at.localeCompare(a.created_at));
    },
    staleTime: 2_000,
  });
}

/** Pays. A decline (402) rejects with the problem; everything later is polled. */
export function pay(bookingId: string, method: string, returnUrl: string): Promise<Payment> {
  const body = { booking_id: bookingId, payment_method: method, return_url: returnUrl };
  return once(`pay:${bookingId}`, body, (key) =>
    unwrap(payment.POST("/payments", { params: { header: { "Idempotency-Key": key } }, body, headers: { traceparent: traceparent(`booking:${bookingId}`) } })),
  );
}

/** The receipt; the same address also gives it as a page and as PDF. */
export async function receipt(paymentId: string, signal: AbortSignal): Promise<PaymentDocument> {
  const params = { path: { id: paymentId }, query: { format: "json" as const } };
  const document = await unwrap(payment.GET("/payments/{id}/receipt", { params, signal }));
  if (typeof document === "string") throw new TypeError("the receipt is no JSON");
  return document;
}
