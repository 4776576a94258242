-- W3C traceparent of what the mail tells of: the mail is part of that trace.
ALTER TABLE mails ADD COLUMN traceparent text;
