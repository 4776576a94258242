import type { TicketType } from "../../api/types";
import { Money } from "../../ui/money";
import { type Mark, svgPath } from "./marks";
import styles from "./seat-map.module.css";

/** What the shapes and colours of the map mean. */
export function Legend({ types, marks, locked }: { types: readonly TicketType[]; marks: ReadonlyMap<string, Mark>; locked: readonly string[] }) {
  return (
    <ul className={styles.legend} role="list">
      {types.map((type) => {
        const mark = marks.get(type.id);
        return (
          <li key={type.id}>
            {mark && (
              <svg className={styles.mark} viewBox="0 0 20 20" aria-hidden="true" style={{ color: `light-dark(${mark.light}, ${mark.dark})` }}>
                <path d={svgPath(mark.shape)} fill="currentColor" />
              </svg>
            )}
            {type.name} · <Money value={type.price} free /> {locked.includes(type.id) && "· with an access code"}
          </li>
        );
      })}
      <li>
        <svg className={styles.mark} viewBox="0 0 20 20" aria-hidden="true">
          <circle cx="10" cy="10" r="8" fill="var(--accent)" stroke="var(--text)" strokeWidth="2" />
          <path d="M6 10l3 3 5-6" fill="none" stroke="var(--on-accent)" strokeWidth="2.5" />
        </svg>
        Yours
      </li>
      <li>
        <svg className={styles.mark} viewBox="0 0 20 20" aria-hidden="true">
          <circle cx="10" cy="10" r="4.5" fill="var(--line)" />
        </svg>
        Taken
      </li>
    </ul>
  );
}
