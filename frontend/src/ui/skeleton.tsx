import styles from "./skeleton.module.css";

interface SkeletonProps {
  /** CSS lengths; a line of text if absent. */
  width?: string;
  height?: string;
}

/** The shape of something that is on its way, with its size, so that nothing jumps. */
export function Skeleton({ width = "100%", height = "1.2em" }: SkeletonProps) {
  return <span className={styles.skeleton} style={{ width, height }} aria-hidden="true" />;
}
