import socketserver
import threading

import dns.message
import dns.resolver
import dns.rrset
import pytest

from gateway.dns import Answer, Dns, Unanswered, system


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Server:
    """Answers as listed; silent for the names in `silent`, for all while `down`."""

    def __init__(self, clock, answers=None, silent=(), down=False):
        self.clock, self.answers, self.silent, self.down = clock, answers or {}, silent, down
        self.asked = []

    def __call__(self, name, kind, seconds):
        self.asked.append(name)
        if self.down or name in self.silent:
            self.clock.now += seconds
            raise Unanswered(name)
        return Answer(((0, self.answers.get(name, b"")),), 300.0)


def desk(**server):
    clock = Clock()
    answering = Server(clock, **server)
    return Dns(3.0, ask=answering, clock=clock), answering, clock


def test_answer_is_kept_while_it_holds():
    resolver, server, clock = desk(answers={"harbour.example": b"v=spf1 -all"})
    assert resolver.for_mail().txt("harbour.example") == [b"v=spf1 -all"]
    clock.now += 299
    assert resolver.for_mail().txt("HARBOUR.example") == [b"v=spf1 -all"]
    assert server.asked == ["harbour.example"]


def test_answer_is_asked_again_when_it_no_longer_holds():
    resolver, server, clock = desk()
    resolver.for_mail().txt("harbour.example")
    clock.now += 301
    resolver.for_mail().txt("harbour.example")
    assert len(server.asked) == 2


def test_record_types_are_kept_apart():
    resolver, server, _ = desk()
    mail = resolver.for_mail()
    mail.txt("harbour.example")
    mail.a("harbour.example")
    assert len(server.asked) == 2


def test_one_mail_waits_no_longer_than_its_budget():
    resolver, _, clock = desk(silent=("a.example", "b.example"))
    started = clock.now
    mail = resolver.for_mail()
    for name in ("a.example", "b.example"):
        with pytest.raises(Unanswered):
            mail.txt(name)
    assert clock.now - started == 3.0


def test_silent_name_costs_the_next_mail_nothing():
    resolver, server, clock = desk(silent=("evil.example",))
    with pytest.raises(Unanswered):
        resolver.for_mail().txt("evil.example")
    started = clock.now
    with pytest.raises(Unanswered):
        resolver.for_mail().txt("evil.example")
    assert clock.now == started
    assert server.asked.count("evil.example") == 1


def test_silent_name_of_a_stranger_leaves_others_answered():
    resolver, _, _ = desk(answers={"harbour.example": b"x"}, silent=("evil.example",))
    with pytest.raises(Unanswered):
        resolver.for_mail().txt("evil.example")
    assert resolver.for_mail().txt("harbour.example") == [b"x"]


def test_dns_down_is_refused_at_once():
    resolver, server, clock = desk(down=True)
    with pytest.raises(Unanswered):
        resolver.for_mail().txt("a.example")
    started, asked = clock.now, len(server.asked)
    for number in range(100):
        with pytest.raises(Unanswered):
            resolver.for_mail().txt(f"{number}.example")
    assert (clock.now, len(server.asked)) == (started, asked)


def test_dns_is_used_again_after_a_pause():
    resolver, server, clock = desk(answers={"harbour.example": b"x"}, down=True)
    with pytest.raises(Unanswered):
        resolver.for_mail().txt("harbour.example")
    server.down = False
    clock.now += 5.1
    assert resolver.for_mail().txt("harbour.example") == [b"x"]


def test_pause_grows_while_dns_stays_down():
    resolver, server, clock = desk(down=True)
    for number in range(10):
        clock.now += 61
        with pytest.raises(Unanswered):
            resolver.for_mail().txt(f"{number}.example")
    asked = len(server.asked)
    clock.now += 50
    with pytest.raises(Unanswered):
        resolver.for_mail().txt("again.example")
    assert len(server.asked) == asked


def test_cache_stays_bounded():
    resolver, _, _ = desk()
    mail = resolver.for_mail()
    for number in range(10_500):
        mail.txt(f"{number}.example")
    assert len(resolver._cache) == 10_000


def test_threads_share_the_cache_without_faults():
    resolver, _, _ = desk()
    faults = []

    def ask_many(offset):
        try:
            for number in range(3000):
                resolver.for_mail().txt(f"{offset}-{number}.example")
        except RuntimeError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=ask_many, args=(offset,)) for offset in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert faults == []


class _Zone(socketserver.BaseRequestHandler):
    """A name server of a few records on loopback."""

    records = {
        ("harbour.example.", "TXT"): '"v=spf1 " "-all"',
        ("harbour.example.", "A"): "192.0.2.1",
        ("harbour.example.", "AAAA"): "2001:db8::1",
        ("harbour.example.", "MX"): "10 mx.harbour.example.",
        ("1.2.0.192.in-addr.arpa.", "PTR"): "mx.harbour.example.",
    }

    def handle(self):
        data, socket = self.request
        query = dns.message.from_wire(data)
        [question] = query.question
        kind = dns.rdatatype.to_text(question.rdtype)
        response = dns.message.make_response(query)
        found = self.records.get((question.name.to_text(), kind))
        if "broken" in question.name.to_text():
            response.set_rcode(dns.rcode.SERVFAIL)
        elif found:
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, found))
        elif "harbour" not in question.name.to_text():
            response.set_rcode(dns.rcode.NXDOMAIN)
        socket.sendto(response.to_wire(), self.client_address)


@pytest.fixture
def name_server():
    """Our process's resolver pointed at a name server of our own."""
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), _Zone) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        before = dns.resolver.default_resolver
        own = dns.resolver.Resolver(configure=False)
        own.nameservers, own.port = ["127.0.0.1"], server.server_address[1]
        dns.resolver.default_resolver = own
        yield
        dns.resolver.default_resolver = before
        server.shutdown()
        thread.join(10)


def test_records_of_every_kind_are_read_from_a_real_server(name_server):
    mail = Dns(5.0).for_mail()
    assert mail.txt("harbour.example") == [b"v=spf1 -all"]
    assert mail.a("harbour.example") == ["192.0.2.1"]
    assert mail.aaaa("harbour.example") == ["2001:db8::1"]
    assert mail.mx("harbour.example") == [(10, "mx.harbour.example")]
    assert mail.ptr("1.2.0.192.in-addr.arpa") == ["mx.harbour.example"]


@pytest.mark.parametrize(
    "name",
    [
        "absent.example",
        "mx.harbour.example",
        "a" * 64 + ".example",
        "a..b.example",
        "x." * 200,
        "\\999.example",
        "日" * 70,
    ],
)
def test_name_that_does_not_exist_has_no_records(name_server, name):
    assert system(name, "TXT", 5.0).values == ()


def test_server_failure_is_no_answer(name_server):
    with pytest.raises(Unanswered):
        system("broken.example", "TXT", 2.0)


def test_silence_is_no_answer():
    with pytest.raises(Unanswered):
        before = dns.resolver.default_resolver
        own = dns.resolver.Resolver(configure=False)
        own.nameservers, own.port = ["192.0.2.255"], 53
        dns.resolver.default_resolver = own
        try:
            system("harbour.example", "TXT", 0.2)
        finally:
            dns.resolver.default_resolver = before
