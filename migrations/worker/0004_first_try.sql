-- When a mail that is being retried was tried first: not_before is of the next try.
ALTER TABLE mails ADD COLUMN first_tried_at timestamptz;
CREATE INDEX mails_retrying ON mails (first_tried_at) WHERE status = 'retrying';
