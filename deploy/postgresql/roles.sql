-- Roles and rights of a cluster's database, the least that packit-slo needs (docs/cluster.md). Run it as a superuser:
--   psql -v password="'…'" -f roles.sql
--
-- What the server must have, because an acknowledgement is a promise:
--   fsync = on, synchronous_commit = on     packit-slo refuses a server without them
--   synchronous_standby_names               a standby that has each delivery before it is acknowledged; with two fixed
--                                           servers the death of either blocks all commits: use three, or Patroni
--   wal_sender_timeout = 5s                 a standby that is cut off without a word stops all commits for as long
--   max_slot_wal_keep_size                  a limit, so that a standby that is gone does not fill the disk
--   max_connections                         seven for each node
-- No pooler such as pgbouncer in between: nodes keep their connections, and prepare statements.

CREATE ROLE packit_slo LOGIN PASSWORD :password;
-- To see the standbys (cluster.require_copies, packit_slo_database_copies).
GRANT pg_read_all_stats TO packit_slo;

-- An owner of its own: the first node makes the schema packit_slo, and the node that decides makes and drops the
-- inbox's partitions. A node ends the connection of another one that stands still, which needs no right but the same
-- role.
CREATE DATABASE slo OWNER packit_slo ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE slo FROM PUBLIC;

-- For people who look: it reads everything, bodies included, and changes nothing.
CREATE ROLE packit_slo_reader LOGIN;
GRANT CONNECT ON DATABASE slo TO packit_slo_reader;
GRANT pg_read_all_data TO packit_slo_reader;
