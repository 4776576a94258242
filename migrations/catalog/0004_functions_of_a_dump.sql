-- A dump is put back with an empty search path: what a function of a generated column calls must be named in full.
CREATE OR REPLACE FUNCTION plain_list(text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT public.plain(array_to_string($1, ' ')) $$;
