import { cx } from "./cx";
import styles from "./steps.module.css";

const steps = [
  { id: "who", label: "Who" },
  { id: "pay", label: "Pay" },
  { id: "done", label: "Done" },
] as const;

/** Where in the checkout a person is. */
export function Steps({ current }: { current: (typeof steps)[number]["id"] }) {
  const at = steps.findIndex(({ id }) => id === current);
  return (
    <ol className={styles.steps} aria-label="Steps">
      {steps.map(({ id, label }, index) => (
        <li key={id} className={cx(styles.step, index < at && styles.past)} aria-current={index === at ? "step" : undefined}>
          {index < at && <span aria-hidden="true">✓</span>}
          {label}
          {index < at && <span className="visually-hidden"> (done)</span>}
        </li>
      ))}
    </ol>
  );
}
