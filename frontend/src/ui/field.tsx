import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes, useId } from "react";
import { cx } from "./cx";
import styles from "./field.module.css";

interface Around {
  label: ReactNode;
  /** A line of help below the label. */
  hint?: ReactNode;
  /** What is wrong with the value and what to do. */
  error?: string | undefined;
  /** Says "optional" beside the label. */
  optional?: boolean;
  /** The label is for screen readers only. */
  hideLabel?: boolean;
}

interface FrameProps extends Around {
  className?: string | undefined;
  children: (control: { id: string; className: string | undefined; "aria-describedby": string | undefined; "aria-invalid": true | undefined }) => ReactNode;
}

/** Label, help and error around any control. */
export function Field({ label, hint, error, optional = false, hideLabel = false, className, children }: FrameProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className={cx(styles.field, className)}>
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : styles.label}>
        {label}
        {optional && <span className={styles.optional}> (optional)</span>}
      </label>
      {hint && (
        <span id={`${id}-hint`} className={styles.hint}>
          {hint}
        </span>
      )}
      {children({
        id,
        className: styles.control,
        "aria-describedby": described || undefined,
        "aria-invalid": error ? true : undefined,
      })}
      {error && (
        <span id={`${id}-error`} className={styles.error}>
          {error}
        </span>
      )}
    </div>
  );
}

export function TextField({ label, hint, error, optional, hideLabel, className, ...input }: Around & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Field {...{ label, hint, error, optional, hideLabel, className }}>{(control) => <input type="text" {...input} {...control} />}</Field>
  );
}

export function TextArea({ label, hint, error, optional, hideLabel, className, ...input }: Around & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return <Field {...{ label, hint, error, optional, hideLabel, className }}>{(control) => <textarea {...input} {...control} />}</Field>;
}

export function Select({ label, hint, error, optional, hideLabel, className, children, ...select }: Around & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <Field {...{ label, hint, error, optional, hideLabel, className }}>
      {(control) => (
        <select {...select} {...control}>
          {children}
        </select>
      )}
    </Field>
  );
}

export function Checkbox({ label, className, ...input }: { label: ReactNode } & Omit<InputHTMLAttributes<HTMLInputElement>, "type">) {
  return (
    <label className={cx(styles.check, className)}>
      <input type="checkbox" {...input} />
      <span>{label}</span>
    </label>
  );
}

interface StepperProps {
  /** What is counted, for screen readers: "Standing". */
  label: string;
  value: number;
  min?: number;
  max: number;
  onChange: (value: number) => void;
}

/** A small number set by two large buttons. */
export function Stepper({ label, value, min = 0, max, onChange }: StepperProps) {
  return (
    <div className={styles.stepper} role="group" aria-label={label}>
      <button type="button" aria-label={`One less: ${label}`} disabled={value <= min} onClick={() => onChange(Math.max(min, value - 1))}>
        −
      </button>
      <output aria-live="polite">{value}</output>
      <button type="button" aria-label={`One more: ${label}`} disabled={value >= max} onClick={() => onChange(Math.min(max, value + 1))}>
        +
      </button>
    </div>
  );
}
