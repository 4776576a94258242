import { NavLink } from "react-router";
import styles from "./tabs.module.css";

/** Neighbouring pages: each tab is an address, so back, reload and sharing work. */
export function Tabs({ label, items }: { label: string; items: { to: string; label: string; end?: boolean }[] }) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {items.map((item) => (
        <NavLink key={item.to} to={item.to} end={item.end ?? true} className={styles.tab}>
          {item.label}
        </NavLink>
      ))}
    </nav>
  );
}
