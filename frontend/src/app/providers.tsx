import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { onSessionEnd } from "../auth/session";
import { forgetTickets } from "../features/tickets/offline";

/** What every page needs around it. */
export function Providers({ client, children }: { client: QueryClient; children: ReactNode }) {
  useEffect(
    () =>
      onSessionEnd(() => {
        client.clear();
        forgetTickets();
      }),
    [client],
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
