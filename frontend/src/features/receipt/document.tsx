import type { Money as Amount } from "../../api/types";
import { DateTime } from "../../ui/date-time";
import { Money } from "../../ui/money";
import styles from "./receipt-page.module.css";

interface Line {
  description: string;
  quantity: number;
  unit_price: Amount;
  total: Amount;
}

interface DocumentProps {
  kind: string;
  document: { number: string; issued_at: string; total: Amount; lines: Line[] };
}

/** A receipt or a credit note: number, day, lines, total. */
export function Document({ kind, document }: DocumentProps) {
  return (
    <>
      <div className={styles.head}>
        <h2>
          {kind} {document.number}
        </h2>
        <span className={styles.muted}>
          <DateTime at={document.issued_at} show="day" />
        </span>
      </div>
      <table className={styles.lines}>
        <thead>
          <tr>
            <th scope="col">What</th>
            <td>Amount</td>
          </tr>
        </thead>
        <tbody>
          {document.lines.map((line, index) => (
            <tr key={index}>
              <th scope="row">
                {line.quantity} × {line.description}
              </th>
              <td>
                <Money value={line.total} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td>
              <Money value={document.total} />
            </td>
          </tr>
        </tfoot>
      </table>
    </>
  );
}
