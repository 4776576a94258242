import { useEffect, useRef } from "react";
import { NavLink, Link, Outlet, ScrollRestoration, useLocation, useMatches, useNavigation } from "react-router";
import { useUser } from "../auth/use-session";
import { Icon } from "../ui/icon";
import { cx } from "../ui/cx";
import { brand } from "./brand";
import styles from "./layout.module.css";
import { useOnline } from "./online";
import { paths } from "./paths";

/** What a route may say about the frame around it. */
export interface RouteHandle {
  /** The page has its own bar at the bottom of a phone, or wants the whole screen. */
  focused?: boolean;
  /** No frame at all (the gate). */
  bare?: boolean;
}

function useHandle(): RouteHandle {
  const matches = useMatches();
  return Object.assign({}, ...matches.map(({ handle }) => handle as RouteHandle | undefined)) as RouteHandle;
}

export function Layout() {
  const { focused = false, bare = false } = useHandle();
  useFocusOnNavigation();
  return (
    <div className={cx(styles.root, focused && styles.focused)} style={{ display: "contents" }}>
      <a href="#content" className={styles.skip}>
        Skip to content
      </a>
      <LoadingBar />
      {!bare && <Header />}
      <OfflineBanner />
      <Outlet />
      {!bare && (
        <footer className={styles.footer}>
          <div>Prices include all fees. Times are those of the event&rsquo;s place.</div>
        </footer>
      )}
      <ScrollRestoration getKey={({ pathname, key }) => (pathname === "/" ? pathname : key)} />
    </div>
  );
}

function Header() {
  const user = useUser();
  const { pathname, search } = useLocation();
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <Link to={paths.home()} className={styles.brand}>
          <Mark />
          {brand}
        </Link>
        <nav className={styles.nav} aria-label="Main">
          <NavLink to={paths.home()} end className={styles.link}>
            <Icon name="search" />
            <span>Find</span>
          </NavLink>
          {user ? (
            <>
              <NavLink to={paths.bookings()} className={styles.link}>
                <Icon name="ticket" />
                <span>Tickets</span>
              </NavLink>
              <NavLink to={paths.organiser()} className={cx(styles.link, styles.secondary)}>
                <Icon name="organise" />
                <span>Organise</span>
              </NavLink>
              <NavLink to={paths.account()} className={styles.link}>
                <Icon name="person" />
                <span className={styles.name}>Account</span>
              </NavLink>
            </>
          ) : (
            <NavLink to={paths.login(pathname.startsWith("/login") || pathname.startsWith("/register") ? undefined : pathname + search)} className={styles.link}>
              <Icon name="person" />
              <span>Log in</span>
            </NavLink>
          )}
        </nav>
      </div>
    </header>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path fill="currentColor" d="M6 4h20a3 3 0 0 1 3 3v6a3 3 0 0 0 0 6v6a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3v-6a3 3 0 0 0 0-6V7a3 3 0 0 1 3-3Z" />
      <path fill="none" stroke="var(--bg)" strokeWidth="2.500" strokeLinecap="round" strokeLinejoin="round" d="m11 16.500 3.500 3.500 7-8" />
    </svg>
  );
}

function OfflineBanner() {
  const online = useOnline();
  return (
    <div role="status" className={styles.notices}>
      {!online && <div className={styles.offline}>You are offline. What was opened before stays readable; tickets work.</div>}
    </div>
  );
}

/** The next page's code is on its way. */
function LoadingBar() {
  return useNavigation().state === "idle" ? null : <div className={styles.progress} role="progressbar" aria-label="Loading the page" />;
}

/** After a change of page the keyboard and screen readers start at its content. */
function useFocusOnNavigation(): void {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    document.getElementById("content")?.focus({ preventScroll: true });
  }, [pathname]);
}
