import type { ReactNode } from "react";
import { cx } from "./cx";
import styles from "./table.module.css";

export interface Column<Row> {
  id: string;
  label: string;
  /** Aligned to the end, with figures of equal width. */
  number?: boolean;
  cell: (row: Row) => ReactNode;
  /** Clicking the heading sorts by this column. */
  sortable?: boolean;
}

export interface Sort {
  column: string;
  descending: boolean;
}

interface TableProps<Row> {
  /** What the table lists, for screen readers. */
  caption: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
}

/** Rows and columns; scrolls sideways by itself where the screen is too narrow. The first column is the row's heading. */
export function Table<Row>({ caption, columns, rows, rowKey, sort, onSort }: TableProps<Row>) {
  return (
    <div className={styles.scroll} role="region" aria-label={caption} tabIndex={0}>
      <table className={styles.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column, index) => {
                const Cell = index === 0 ? "th" : "td";
                return (
                  <Cell key={column.id} scope={index === 0 ? "row" : undefined} className={cx(column.number && styles.number)}>
                    {column.cell(row)}
                  </Cell>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeadingProps<Row> {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}

function Heading<Row>({ column, sort, onSort }: HeadingProps<Row>) {
  const active = sort?.column === column.id;
  const order = active ? (sort.descending ? "descending" : "ascending") : undefined;
  return (
    <th scope="col" className={cx(column.number && styles.number)} aria-sort={order}>
      {column.sortable && onSort ? (
        <button type="button" className={styles.sort} onClick={() => onSort({ column: column.id, descending: active && !sort.descending })}>
          {column.label}
          <span aria-hidden="true">{order === undefined ? "↕" : order === "ascending" ? "↑" : "↓"}</span>
        </button>
      ) : (
        column.label
      )}
    </th>
  );
}
