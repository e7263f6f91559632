/**
 * Erlang nodes ask a port mapper daemon for each other, `epmd`, which outlives them and is shared by the whole machine. This
 * module takes its place (erlang.org, "erl_epmd"): the one node that is ever asked for listens at DIST_HOST and DIST_PORT.
 */
export const LOOPBACK_EPMD = `-module(loopback_epmd).
-export([start_link/0, register_node/2, register_node/3, listen_port_please/2, port_please/2, port_please/3,
         address_please/3, names/0, names/1]).

-define(CREATION, 1).
-define(DISTRIBUTION_VERSION, 6).

start_link() -> ignore.
register_node(_Name, _Port) -> {ok, ?CREATION}.
register_node(_Name, _Port, _Family) -> {ok, ?CREATION}.
listen_port_please("rabbit", _Host) -> {ok, port()};
listen_port_please(_Name, _Host) -> {ok, 0}.
port_please(_Name, _Host) -> {port, port(), ?DISTRIBUTION_VERSION}.
port_please(_Name, _Host, _Timeout) -> {port, port(), ?DISTRIBUTION_VERSION}.
address_please(_Name, _Host, _Family) -> inet:parse_address(os:getenv("DIST_HOST")).
names() -> {ok, []}.
names(_Host) -> {ok, []}.

port() -> list_to_integer(os:getenv("DIST_PORT")).
`
