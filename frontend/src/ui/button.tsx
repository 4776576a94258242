import type { ButtonHTMLAttributes, MouseEvent, ReactNode } from "react";
import { Link, type LinkProps } from "react-router";
import styles from "./button.module.css";
import { cx } from "./cx";
import { Spinner } from "./spinner";

interface Look {
  variant?: "primary" | "secondary" | "quiet" | "danger";
  size?: "normal" | "large";
  /** As wide as its container. */
  wide?: boolean;
}

function classes({ variant = "secondary", size = "normal", wide = false }: Look, own?: string): string {
  return cx(styles.button, styles[variant], size === "large" && styles.large, wide && styles.wide, own);
}

type ButtonProps = Look &
  ButtonHTMLAttributes<HTMLButtonElement> & {
    /** Something is under way: the button shows it, keeps its focus and ignores clicks. */
    busy?: boolean;
    /** What it says meanwhile; its own text if absent. */
    busyText?: ReactNode;
  };

export function Button({ variant, size, wide, busy = false, busyText, className, children, onClick, type = "button", ...rest }: ButtonProps) {
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    // `disabled` would drop the focus; a submit must be stopped as well as the handler.
    if (busy) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      {...rest}
      type={type}
      className={cx(classes({ variant, size, wide }, className), busy && styles.busy)}
      aria-disabled={busy || undefined}
      onClick={click}
    >
      {busy && <Spinner />}
      {busy ? (busyText ?? children) : children}
    </button>
  );
}

type ButtonLinkProps = Look & LinkProps;

/** A link that looks like a button: for going somewhere, where `Button` is for doing something. */
export function ButtonLink({ variant, size, wide, className, ...rest }: ButtonLinkProps) {
  return <Link {...rest} className={classes({ variant, size, wide }, className)} />;
}
