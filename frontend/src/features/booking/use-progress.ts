import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { bookingQuery } from "../../api/resources/bookings";
import { paymentsQuery } from "../../api/resources/payments";
import type { Booking, Payment } from "../../api/types";
import { useNow } from "../../lib/countdown";
import { pollPause, progressOf, type Progress } from "./progress";

interface Following {
  booking: Booking | undefined;
  payments: readonly Payment[];
  progress: Progress | undefined;
  error: unknown;
  /** It takes longer than it ever should: looking again is up to the person. */
  stalled: boolean;
  lookAgain: () => void;
}

/** A booking with its payments, followed closely while an answer is on its way; it always comes to an end. */
export function useProgress(bookingId: string): Following {
  const client = useQueryClient();
  const [since, setSince] = useState<number | null>(null);
  const pause = since === null ? false : () => pollPause(Date.now() - since);
  const booking = useQuery({ ...bookingQuery(bookingId), refetchInterval: pause });
  const payments = useQuery({ ...paymentsQuery(bookingId), refetchInterval: pause });
  const now = useNow(1000, booking.data?.status === "held" || since !== null);

  const known = payments.data ?? (payments.isError ? [] : undefined);
  const progress = booking.data && known ? progressOf(booking.data, known, now) : undefined;
  const pending = progress?.kind === "pending";
  // Whoever comes back from the bank's page may be here before its answer is.
  const awaited = pending || progress?.kind === "action";
  if (awaited !== (since !== null)) setSince(awaited ? now : null);

  // At the end of a hold the platform says what became of it.
  const ended = booking.data?.status === "held" && progress?.kind === "expired";
  useEffect(() => {
    if (!ended) return undefined;
    const timer = setInterval(() => void client.invalidateQueries(bookingQuery(bookingId)), 3_000);
    return () => clearInterval(timer);
  }, [ended, client, bookingId]);

  return {
    booking: booking.data,
    payments: known ?? [],
    progress,
    error: booking.error,
    stalled: pending && since !== null && pollPause(now - since) === false,
    lookAgain: () => {
      setSince(awaited ? Date.now() : null);
      void booking.refetch();
      void payments.refetch();
    },
  };
}
