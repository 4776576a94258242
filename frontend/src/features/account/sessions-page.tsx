import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { auth, done, unwrap } from "../../api/clients";
import type { Session } from "../../api/types";
import { useNow } from "../../lib/countdown";
import { formatRelative } from "../../lib/time";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { Card } from "../../ui/card";
import { DateTime } from "../../ui/date-time";
import { ProblemNotice } from "../../ui/problem-notice";
import { QueryView } from "../../ui/query-view";
import { Skeleton } from "../../ui/skeleton";
import styles from "./account.module.css";
import { deviceName } from "./device";

const key = ["sessions"];

/** Where this account is logged in, and a way to end it there. */
export function Component() {
  const query = useQuery({ queryKey: key, queryFn: async ({ signal }) => (await unwrap(auth.GET("/me/sessions", { signal }))).items });
  return (
    <QueryView query={query} loading={<Skeleton height="120px" />}>
      {(sessions) => (
        <ul className={styles.sessions} role="list">
          {[...sessions]
            .sort((a, b) => Number(b.current) - Number(a.current) || b.last_used_at.localeCompare(a.last_used_at))
            .map((session) => (
              <SessionItem key={session.id} session={session} />
            ))}
        </ul>
      )}
    </QueryView>
  );
}

function SessionItem({ session }: { session: Session }) {
  const client = useQueryClient();
  const now = useNow(30_000);
  const revoke = useMutation({
    mutationFn: () => done(auth.DELETE("/me/sessions/{id}", { params: { path: { id: session.id } } })),
    onSuccess: () => client.setQueryData<Session[]>(key, (known) => known?.filter(({ id }) => id !== session.id)),
  });
  return (
    <Card as="li" className={styles.session}>
      <div>
        <b>{deviceName(session.user_agent)}</b> {session.current && <Badge tone="good">This device</Badge>}
        <div className={styles.muted}>
          Used {formatRelative(session.last_used_at, now)}, logged in <DateTime at={session.created_at} show="day" />
        </div>
      </div>
      {!session.current && (
        <Button variant="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
          Log out there
        </Button>
      )}
      {revoke.isError && <ProblemNotice problem={revoke.error} />}
    </Card>
  );
}
