import { type ReactNode, useEffect } from "react";
import { Link } from "react-router";
import { brand } from "../app/brand";
import { cx } from "./cx";
import styles from "./page.module.css";
import { Skeleton } from "./skeleton";

interface PageProps {
  /** The h1, and the document's title. */
  title: string;
  /** Shown in place of the plain title. */
  heading?: ReactNode;
  intro?: ReactNode;
  actions?: ReactNode;
  /** The page above this one. */
  back?: { to: string; label: string };
  /** For text and forms: a column that reads well. */
  narrow?: boolean;
  className?: string;
  children: ReactNode;
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === brand ? brand : `${title} · ${brand}`;
  }, [title]);
}

/** The frame of every page: title, what leads back, content. */
export function Page({ title, heading, intro, actions, back, narrow = false, className, children }: PageProps) {
  useTitle(title);
  return (
    <main id="content" tabIndex={-1} className={cx(styles.page, narrow && styles.reading, className)}>
      {back && (
        <Link to={back.to} className={styles.back}>
          <span aria-hidden="true">←</span> {back.label}
        </Link>
      )}
      <div className={styles.head}>
        <div>
          <h1>{heading ?? title}</h1>
          {intro && <p className={styles.intro}>{intro}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </main>
  );
}

/** Things below each other, evenly spaced. */
export function Stack({ wide = false, className, children }: { wide?: boolean; className?: string | undefined; children: ReactNode }) {
  return <div className={cx(styles.stack, wide && styles.wide, className)}>{children}</div>;
}

/** Buttons and links beside each other. */
export function Actions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}

/** A page whose code or data is on its way. */
export function PageSkeleton({ narrow = false }: { narrow?: boolean }) {
  return (
    <main id="content" tabIndex={-1} className={cx(styles.page, narrow && styles.reading)} aria-busy="true">
      <span className="visually-hidden" role="status">
        Loading
      </span>
      <Stack>
        <Skeleton width="min(60%, 24rem)" height="2.5rem" />
        <Skeleton width="40%" />
        <Skeleton height="12rem" />
        <Skeleton width="80%" />
        <Skeleton width="70%" />
      </Stack>
    </main>
  );
}
