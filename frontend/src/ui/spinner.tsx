import { cx } from "./cx";
import styles from "./spinner.module.css";

/** A sign that something is under way; the text beside it says what. */
export function Spinner() {
  return <span className={styles.spinner} aria-hidden="true" />;
}

/** A bar for a wait: with `value` (0 to 1) how far, without that it goes on. */
export function Progress({ label, value }: { label: string; value?: number }) {
  const known = value === undefined ? {} : { "aria-valuenow": Math.round(value * 100), "aria-valuemin": 0, "aria-valuemax": 100 };
  return (
    <div className={styles.track} role="progressbar" aria-label={label} {...known}>
      <div className={cx(styles.bar, value === undefined && styles.unknown)} style={value === undefined ? undefined : { width: `${value * 100}%` }} />
    </div>
  );
}
