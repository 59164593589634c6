-- {{ title }}: a database and a role that can do nothing else. Run as postgres:
--   psql -f deploy/postgresql.sql
{% set name = id | replace("-", "_") %}
CREATE ROLE {{ name }} LOGIN;
\password {{ name }}
CREATE DATABASE {{ name }} OWNER {{ name }} ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE {{ name }} FROM PUBLIC;
-- an acknowledged answer is on the disk: never turn synchronous_commit or fsync off for it
ALTER DATABASE {{ name }} SET synchronous_commit = on;
ALTER DATABASE {{ name }} SET timezone = 'UTC';
-- a forgotten transaction must not hold places back
ALTER DATABASE {{ name }} SET idle_in_transaction_session_timeout = '60s';
