import type { components } from "../../api/generated/booking";
import { formatMoney } from "../../lib/money";
import styles from "./organiser.module.css";

type Day = components["schemas"]["DaySales"];

const WIDTH = 720;
const HEIGHT = 200;
const FOOT = 24;

/** Tickets sold by day, as bars; the figures stand in a table below for who does not see it. */
export function SalesPlot({ days }: { days: readonly Day[] }) {
  if (days.length === 0) return <p className={styles.muted}>Nothing is sold yet. Sales appear here by day.</p>;
  const most = Math.max(1, ...days.map(({ tickets }) => tickets));
  const slot = WIDTH / days.length;
  const total = days.reduce((n, { tickets }) => n + tickets, 0);
  const first = days[0];
  const last = days[days.length - 1];
  return (
    <figure style={{ margin: 0 }}>
      <svg className={styles.plot} viewBox={`0 0 ${WIDTH} ${HEIGHT + FOOT}`} role="img" aria-label={`${total} tickets sold on ${days.length} days, at most ${most} a day`}>
        <line x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} stroke="var(--line-strong)" />
        {days.map(({ date, tickets, revenue }, index) => {
          const height = (tickets / most) * (HEIGHT - 20);
          return (
            <rect key={date} x={index * slot + slot * 0.1} width={Math.min(slot * 0.8, 48)} y={HEIGHT - height} height={height} fill="currentColor" rx="2">
              <title>{`${date}: ${tickets} tickets, ${formatMoney(revenue)}`}</title>
            </rect>
          );
        })}
        <text x="0" y="14">{`${most} a day`}</text>
        <text x="0" y={HEIGHT + 18}>
          {first?.date}
        </text>
        {days.length > 1 && (
          <text x={WIDTH} y={HEIGHT + 18} textAnchor="end">
            {last?.date}
          </text>
        )}
      </svg>
    </figure>
  );
}
