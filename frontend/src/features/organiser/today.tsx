import { useQueries, useQuery } from "@tanstack/react-query";
import { catalog, unwrap } from "../../api/clients";
import type { Money as Amount } from "../../api/types";
import { sum } from "../../lib/money";
import { isoDay } from "../../lib/time";
import { Money } from "../../ui/money";
import styles from "./organiser.module.css";
import { salesQuery } from "./queries";

/** How many events on sale are added up, the next ones first. */
const ADDED_UP = 10;

/** What was sold today, and what stands, over the events that come next. */
export function Today({ organisationId }: { organisationId: string }) {
  const next = useQuery({
    queryKey: ["own-events", organisationId, "today"],
    queryFn: ({ signal }) =>
      unwrap(catalog.GET("/events", { params: { query: { organisation_id: organisationId, status: "published", limit: ADDED_UP } }, signal })),
  });
  const sold = next.data?.items.filter(({ capacity }) => capacity > 0) ?? [];
  const sales = useQueries({ queries: sold.map(({ id }) => salesQuery(id)) });
  const known = sales.flatMap(({ data }) => data ?? []);
  if (!next.data || known.length === 0) return null;
  const today = known.flatMap((item, index) => item.by_day.filter(({ date }) => date === isoDay(new Date(), sold[index]?.time_zone ?? "UTC")));
  const total = (amounts: Amount[]) => {
    const value = sum(amounts);
    return value ? <Money value={value} /> : "–";
  };
  const figures: [string, React.ReactNode][] = [
    ["Sold today", today.reduce((n, { tickets }) => n + tickets, 0).toLocaleString()],
    ["Revenue today", total(today.map(({ revenue }) => revenue))],
    ["Sold in all", `${known.reduce((n, { sold: count }) => n + count, 0).toLocaleString()} of ${known.reduce((n, { capacity }) => n + capacity, 0).toLocaleString()}`],
    ["Revenue in all", total(known.map(({ revenue }) => revenue))],
    ["On hold now", known.reduce((n, { held }) => n + held, 0).toLocaleString()],
  ];
  return (
    <section aria-label="Today">
      <dl className={styles.figures}>
        {figures.map(([label, value]) => (
          <div key={label} className={styles.figure}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {next.data.next_cursor && <p className={styles.muted}>Over the next {ADDED_UP} events on sale.</p>}
    </section>
  );
}
