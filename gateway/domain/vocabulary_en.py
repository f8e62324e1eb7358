r"""What people who run systems write in English, by signal.

Shape: one pattern per word of the text; `_` stands for white space and `~` for a gap of at most 30 characters
within a sentence; the rest is regular expression syntax without unbounded repeats. Whole words are matched.
"""

from __future__ import annotations

from typing import Final

_CANNOT = (
    r"(?:can't|cannot|cant|can_no_longer|couldn't|unable_to|not_able_to|isn't_able_to|aren't_able_to|"
    r"fails?_to)"
)
_REACH = (
    r"(?:reach|access|open|load|connect|log_?in|log_?on|sign_?in|get_in|get_into|get_on|use|work|trade|"
    r"sell|order|buy|pay|book|check_?out|browse|call|ship|scan|print|serve|be_reached|see_anything|"
    r"do_anything|register|ssh)"
)
_PEOPLE = (
    r"(?:users?|customers?|clients?|people|staff|employees|agents?|players?|patients?|students?|"
    r"members?|guests?|visitors?|tenants?|merchants?|drivers?|subscribers?|callers?|shoppers?|"
    r"passengers?|operators?|partners?)"
)
_THINGS = (
    r"(?:sites?|stores?|shops?|branches|clinics?|hospitals?|hotels?|warehouses?|depots?|plants?|lines?|"
    r"pages?|screens?|requests?|calls?|orders?|logins?|sessions?|services?|systems?|servers?|instances?|"
    r"nodes?|pods?|hosts?|brokers?|databases?|dbs?|apis?|endpoints?|apps?|portals?|tills?|terminals?|"
    r"regions?|azs?|domains?|queues?|transactions?|payments?|channels?|factories|offices|counters?|"
    r"devices|machines|tables|clusters?|containers?|tasks?|backends?)"
)

ENGLISH: Final[dict[str, str]] = {
    "effect-down": rf"""
        down offline unreachable inaccessible unusable unavailable outage(?!_(?:report|budget|window))
        crashed dead halted standstill stand-?still black-?out blacked_out flatlin(?:ed|ing) frozen kaput
        hosed toast bricked (?:has|have|had|is|are|all)_(?:gone|vanished|disappeared)(?!_(?:live|up|well|
        through)) went_(?:dark|away) {_CANNOT}~{_REACH} (?:no_?one|nobody|none)~can locked_out
        kicked_(?:out|off) thrown_out shut_out (?:not|isn't|aren't|don't|doesn't|won't|stopped|
        stop)_(?:respond(?:ing)?|answer(?:ing)?|reachable|available|accessible|come_up|coming_up|
        load(?:ing)?|start(?:ing)?|boot(?:ing)?|open(?:ing)?|resolve|resolving|work_at_all|serving)
        (?:blank|white|black|empty)_(?:page|screen) (?:at|to)_a_halt ground_to brought_to_its_knees
        nothing_(?:works|loads|responds|resolves|answers|comes_up|gets_through|goes_through|moves|
        is_working|in_or_out) no_(?:service|production_service|response|healthy_\w+|connectivity|traffic)
        (?:zero|0)_(?:healthy|orders|sales|sessions|traffic|bookings|calls|transactions|running) (?:all|
        both|everything)~(?:notready|unhealthy|stopped|terminated|failed|red|refused|impaired) nxdomain
        connection_refused refuses_connections (?:http_)?50[0234](?:s|_everywhere|_errors?)? (?:business|
        trading|production|sales|operations|work)_(?:is_|are_|has_|have_)?(?:stopped|halted|suspended|at_a)
        not_one_\w+~(?:works|loads|responds|open|sold|through)
        closed_(?:the_)?(?:shop|stores?|doors?|for_business) we_are_closed effectively_closed sent_home
        losing_every (?:is|are|went|been)_(?:completely_|totally_|entirely_|all_)?(?:out|dead|dark)(?!_of)
        no_production pen_and_paper on_paper turned_away turning~away
    """,
    "scope-all": rf"""
        all_(?:of_)?(?:our_|the_|my_|your_|their_|its_)?(?:\w+_){{0,2}}(?:{_PEOPLE}|{_THINGS}|traffic|
        production|business|operations|trading) everyone everybody nobody no_?one not_one not_a_single
        none_of_(?:our|the|them|my|us|it) every_(?:single_)?(?:\w+_)?(?:{_PEOPLE}|{_THINGS}|attempt|one_of|
        thing|body) entire whole(?!_(?:week|day|morning|story|lot_better)) everything site-?wide
        company-?wide nation-?wide country-?wide world-?wide group-?wide platform-?wide enterprise-?wide
        total(?:ly)? complete(?:ly)? entirely utterly 100_?% full_outage across_the_board everywhere the_lot
        lock,?_stock zero_(?:orders|sales|sessions|traffic|healthy|bookings|calls|transactions|requests|
        successful|revenue) (?:0|zero|none)_(?:out_)?of_\d+ any(?:one|body|thing) (?:nothing|zilch|nada|zip)
        whatsoever all_(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve)_(?:of_)?
        all_(?:down|dead|offline|gone|red|failing|out) no_(?:user|customer|client|page|store|order|call|
        payment|transaction|service|production|login|patient|flight|parcel|clinic|traffic)s? fully both~and
        hard_down
    """,
    "scope-part": r"""
        some_(?:of_|users|customers|clients|people|requests|pages|stores|sites) partial(?:ly)? part_of
        subset certain specific(?:ally)? a_few several a_handful a_couple_of half
        a_(?:third|quarter|fifth|tenth|sixth) two_thirds (?:one|two)_in_(?:\w+) one-?third
        \d+(?:\.\d+)?_?(?:%|percent|per_cent)(?!_(?:cpu|full|used|uptime|off|disk|memory|discount))
        \d+_(?:out_)?of_(?:our_|the_)?\d+ (?:one|two|three|four|five|six)_(?:out_)?of_(?:our_|the_)?(?:\w+)
        every_(?:second|third|other|fourth|fifth) only(?!_(?:the_)?(?:production|way|one_who)) except
        apart_from just_the just_one one_(?:tenant|customer|region|az|availability_zone|shard|store|branch|
        warehouse|client|partner|site|country|module|function|feature|endpoint|group|channel|carrier|isp|
        payment_method|category|language|market) our_(?:largest|biggest|main)_(?:customer|client|tenant)
        (?:ios|android|safari|mobile|desktop|ipv6|windows)_(?:users?|app|clients?|only) limited_to
        (?:customers|users|clients|people)_(?:in|from|on|with|who)_\w+ the_\w+_(?:feature|function|module|
        endpoint|page|tab|button|form|screen) new_(?:users|customers|registrations|sign-?ups)
    """,
    "rest-works": r"""
        (?:everything_else|others?|the_rest|rest_of|remaining|elsewhere|the_other|other_\w+|
        otherwise)~(?:fine|ok|okay|normal(?:ly)?|works?|working|unaffected|up|healthy|good|alive|happy|
        not_affected|untouched) (?:fine|ok|okay|works?|working|normal|unaffected|untouched)_(?:elsewhere|
        otherwise|everywhere_else|for_(?:the_)?(?:rest|others|everyone_else)|in_(?:all_)?(?:the_)?other)
        (?:works?|working|is|are|run|runs|all|looks?|seems?|just|remain|remains|stays?|behaves?|
        themselves)_(?:perfectly_|still_|all_|just_|absolutely_|completely_|otherwise_)?(?:fine|ok|okay|
        normal(?:ly)?|as_usual|as_normal|as_expected|unaffected|untouched|alive|healthy|good)
        still_(?:works?|working|running|open|up|take|takes|serving|selling|get|gets|can|goes|go|fine|ok|
        online|available|succeeds?|usable) without_(?:trouble|problems?|issues?) not_affected unaffected
        untouched (?:browsing|reads?|viewing|search|orders?|login|payments?|the_site|checkout)_(?:works?|ok|
        fine)
    """,
    "effect-fail": r"""
        errors? fail(?:s|ed|ing|ure|ures)? broken break(?:s|ing)? broke (?:not|isn't|aren't|doesn't|don't|
        didn't|won't|never|stopped|stops)_(?:work(?:ing)?|going_out|arriv(?:e|ing)|sen[dt]|sending|update|
        updating|updated|sync(?:ing)?|process(?:ed|ing)?|show(?:ing)?|return(?:ing)?|deliver(?:ed|ing)?|
        trigger(?:ed|ing)?|run(?:ning)?|complet(?:e|ing|ed)|sav(?:e|ing)|appear(?:ing)?|match|
        upload(?:ing)?|get(?:ting)?|render(?:ing)?|receiv(?:e|ing)|accept(?:ing|ed)?|advanced?|generat(?:ed|
        ing)|being|firing|apply|attach|reach(?:ing)?|mount) rejected denied refused refuses stuck hangs?
        hanging timing_out times?_out timed_out exceptions? missing wrong corrupt(?:ed)? duplicates? lost
        losing dropped dropping throttled throttling blocked exhausted 4[0-9][0-9] 5[0-9][0-9] invalid
        mismatch expired crash(?:es|ing|loopbackoff)? accessdenied oom(?:killed)? doesn't can't cannot
        unhealthy impaired backlog piling_up queu(?:e|ing)_up oversell(?:ing)? overs(?:old)
        no_\w+_(?:since|for|after) silent(?:ly)? empty nothing_(?:comes|happens|arrives)
    """,
    "effect-slow": r"""
        slow(?:er|ly|ness|s|ed)? sluggish latency lag(?:s|gy|ging)? crawl(?:s|ing)? degrad(?:ed|ation|ing)
        delay(?:s|ed)? intermittent(?:ly)? sporadic(?:ally)? occasional(?:ly)? now_and_then once_in_a_while
        from_time_to_time sometimes flak(?:y|iness) unstable jitter(?:y)? spikes? spiky choppy retr(?:y|ies|
        ying)_(?:works?|helps?|succeeds?|usually|gets?|goes|fixes) (?:takes?|taking|took|load(?:s|ing)?_in|
        needs?)_(?:about_|around_|roughly_|up_to_|nearly_|almost_|over_|more_than_)?(?:\d+|ten|twenty|
        thirty|forty|ages|forever|minutes|several|long)(?:_?s|_?sec|_?seconds|_?minutes|_?min)? timeouts?
        (?:high|elevated|rising|peak)_(?:cpu|load|latency|iops|memory|response) cpu~9\d p9[59]
        response_times? performance queue_wait cpu_credits? burst_balance longer_than_usual behind_schedule
        reconnect(?:s|ing)? comes_and_goes every_now_and_again
    """,
    "noncritical": r"""
        report(?:s|ing)? dashboards? back-?ups? monitoring grafana kibana prometheus alarms? alerts? jenkins
        pipelines? ci ci/cd builds? runners? gitlab github bitbucket artifactory nexus sonarqube argocd wiki
        intranet confluence jira internal(?:_tool|_system|_app|_portal)? back-?office bi tableau quicksight
        metabase analytics warehouse redshift athena glue etl newsletter
        log_(?:shipping|collection|archiv\w+) logs bastion jump_?(?:host|box) printers? time-?sheets?
        meeting_rooms? snapshots? archive cosmetic typo screenshot retention month-?end statistics
        export_to_excel cron(?:_?job)? nightly workspaces? hr_(?:tool|system|portal) admin_(?:tool|ui|panel)
        image_registry ecr lifecycle tagging patch(?:ing)?_compliance inventory_report
    """,
    "redundancy": r"""
        fail(?:ed)?_?over standby stand-?by replicas? redundan(?:cy|t) secondary
        second_(?:tunnel|node|link|line|leg|az|nat) one_of_(?:the_|our_)?(?:two|three|2|3|four|4)_\w+
        single_point_of_failure on_one_(?:leg|node|tunnel|link) no_(?:standby|redundancy|headroom|fallback)
        multi-?az quorum back-?up_(?:line|link|tunnel) remaining_(?:node|one|tunnel|link)s? (?:other|
        remaining)_(?:node|tunnel|link|instance|one)s?_(?:carr\w+|handl\w+|cop\w+|took|takes|picks?|
        absorb\w*) spare reader
    """,
    "scope-single": r"""
        my_(?:own_)?(?:laptop|account|user|password|machine|pc|mac|workspace|desktop|login|iam_user|vpn|
        phone|mfa|browser|key|access|client|token|screen|permissions?|profile|outlook) only_me just_me
        (?:one|a)_(?:single_)?(?:user|colleague|person|employee|developer|analyst|agent|customer_of_ours|
        member|staff_member|new_joiner|consultant|contractor) single_user for_me i_(?:can't|cannot|
        am_unable|keep_getting|get_an?|forgot|lost|dropped) colleagues?_(?:can|are|is|have|has|do|see|next|
        with)~(?:fine|ok|no|not|same|it|without|in)? (?:his|her|their)_(?:laptop|account|password|machine|
        workspace|mfa|login|pc) (?:works|fine)_for_(?:everyone|everybody)_else (?:for|of|from|by)_(?:one|
        a)_(?:user|colleague|person|customer) mfa password_reset forgot~password locked_myself
    """,
    "environment-other": r"""
        staging stage(?=_env|_cluster|_is|\b_db) stg uat sit qa test(?:ing)?_?(?:env\w*|system|cluster|
        server|db|database|account|stack|instance|site|lab|bench|rig|tenant|stage) (?:on|in)_test
        dev(?:elopment)?_?(?:env\w*|system|cluster|server|db|database|account|box|stack|machine|vpc|
        instance) (?:in|on|our|the)_dev development sandbox demo(?:_\w+)? poc proof_of_concept
        pre-?prod(?:uction)? non-?prod(?:uction)? dr_(?:site|region|env\w*|exercise|drill|test|rehearsal|
        copy|account|cluster|side|system)s? disaster_recovery
        training_(?:env\w*|system|room|tenant|cluster|server) lab playground
        perf(?:ormance)?_(?:env\w*|test\w*|cluster) load-?test(?:ing|s)? test-\w+ dev-\w+ \w+-(?:dev|test|
        stg|staging|uat|qa|sandbox|demo|poc|lab|preprod) rehearsal acceptance_(?:env\w*|test\w*|system)
        integration_env\w* pilot mock testers hackathon
    """,
    "environment-production": r"""
        production prod live(?!_(?:chat|stream|event|demo)) \w+-prod prod-\w+ public_(?:site|website|api)
        web_?shop web_?store storefront online_shop real_(?:customers|users) paying_customers
    """,
    "production-unaffected": r"""
        (?:prod(?:uction)?|live|customers?|users?|business|operations?|operational_systems?|service|
        the_site|site|website|shop|app|platform|orders?|sales|nobody|no_one|we|clients?|front_?end|
        public)~(?:unaffected|untouched|not_affected|isn't_affected|aren't_affected|not_impacted|
        don't_(?:see|notice)|didn't_(?:see|notice)|doesn't_notice|hasn't_noticed|haven't_noticed|
        have_not_noticed|noticed_nothing|see_nothing|no_impact|not_involved|running_fine|carries_on|runs_on|
        not_touched|serving_normally|keeps_(?:running|serving|working)) no_(?:customer|production|user|
        business|client|visible|service|external|end-?user|live)(?:[-_](?:facing|visible))?_(?:impact|
        effect|affected|outage|disruption|interruption|harm|consequences?) no_(?:impact|effect)_on
        without_(?:any_)?(?:impact|effect|affecting) (?:doesn't|does_not|not|isn't|didn't)_affect(?:ing)?
        nothing_customer nothing_live prod(?:uction)?(?:_\w+){0,3}_(?:is|are|was|stays|remains|runs|works|
        seems|looks)_(?:\w+_)?(?:fine|ok|okay|healthy|untouched|unaffected|normal|good|up|stable)
        nobody_(?:outside|noticed|is_blocked|notices) not_customer-?facing not_(?:in_)?prod(?:uction)?
        nothing_to_do_with_prod\w* no_customer_\w+ internal_only
    """,
    "security-active": r"""
        attackers? intruders? hack(?:er|ers|ed)? ransom(?:ware)?(?:_note)?
        encrypted(?!_(?:at|volume|with|connection|snapshot)) being_(?:deleted|wiped|dropped|encrypted|
        destroyed|exfiltrated|copied|drained|overwritten|erased) defaced ddos(?:'?ed)?
        exfiltrat(?:ed|ing|ion) (?:someone|somebody)_(?:is_|has_)?(?:in|inside|deleting|terminating|
        dropping|creating|changing|logged) deleting~(?:our|the|everything|production)
        (?:vanish(?:ing)?|disappear(?:ing)?) (?:in_front_of|before)_(?:our|my)_eyes
        as_(?:i|we)_(?:type|write|speak|watch) while_(?:i|we)_watch right_now hijacked taken_over
        stranger~(?:in|account) hostile cryptolocker wiped wiping drop(?:ped|
        ping)_(?:the_)?(?:prod\w*_)?(?:table|database|schema)s? deleted
    """,
    "security-exposure": r"""
        public_bucket publicly_(?:readable|accessible|available|reachable|exposed|listed) world-?readable
        leaked leak(?:ing|s)? expos(?:ed|ure|es|ing) compromised suspicious unknown_(?:iam_)?(?:user|ip|key|
        role|login|instances?|address) unauthori[sz]ed(?!_operation) web_?shell malware backdoor trojan
        (?:crypto-?)?min(?:ing|er|ers) stolen guardduty phish(?:ing|ed)? brute_?force
        root_(?:login|user|account|sign-?in) breach(?:ed)? none_of_us_created
        (?:nobody|no_one)~(?:created|recogni[sz]es?) not_(?:created|made)_by_us
        committed~(?:key|secret|credential)s? (?:access_)?keys?~github personal_data gdpr dpo
        anyone_(?:can|with_the|could) open_to_(?:the_)?(?:world|internet|everyone) 0\.0\.0\.0/0
        abuse_(?:report|notice|team|case)
    """,
    "vulnerability": r"""
        cve(?:-\d+-\d+)? vulnerabilit(?:y|ies) scanner pen-?test(?:ing|ers)? patch(?:es|ed|ing)? hardening
        compliance audit(?:or|ors)? cvss trusted_advisor findings? questionnaire soc_?2 iso_?27001
    """,
    "imminent": r"""
        (?:will|would|is_going_to|going_to|is_about_to|about_to|gonna|due_to)_(?:be_|run_|go_|hit_|come_|
        soon_)?(?:full|expire|stop|fill|suspend(?:ed)?|cut_off|terminated?|deleted?|die|down|fail|run_out|
        fall_over|hit|shut|offline|dark|out_of|break) at_this_(?:rate|pace) running_(?:out|low)
        run(?:s)?_out expir(?:es|ing|y)_(?:in|on|at|today|tonight|tomorrow|this)
        expires_(?:\w+_)?(?:midnight|noon|tonight|tomorrow|today) (?:hours?|minutes|mins|gb|%|percent|
        days?)_(?:left|away|remaining|to_go|of_(?:free_)?space) (?:full|empty|exhausted|gone|out)_(?:in|by|
        within|before)_(?:about_|around_|roughly_|under_)?(?:\w+) only~(?:left|remaining)
        nothing_(?:is_)?(?:failing|broken|down|has_failed|affected|has_broken)_yet
        not_(?:yet_)?(?:down|failing|broken)_yet still_(?:up|fine|working)_(?:for_now|but|at_the_moment)
        before_(?:it|we|everything|the_\w+)_(?:stops?|fails?|goes|dies|runs?|fill\w*|expire\w*|fall\w*)
        filling_up free_(?:storage|space)~(?:falling|dropping|low|gb) (?:by|before)_(?:tonight|midnight|
        noon|this_evening|tomorrow_morning|the_end_of_the_day|\d+(?::\d\d)?_?(?:am|pm)?)_(?:we|it|the|
        everything|production) (?:suspend|terminat|deactivat|clos)\w+_(?:our|the)_account
        account~(?:suspended|terminated|closed)_(?:today|tomorrow|tonight|in)
        retire(?:s|d|ment)?~(?:today|tonight|tomorrow) 9[0-9]_?%_full
    """,
    "recovered": r"""
        (?:is|are|was|were|all|came|everything's|it's|been|got|now|system|site|we're|things_are|
        services?)_(?:now_|all_|fully_|already_|finally_)?(?:back|recovered|restored|resolved|fixed|sorted|
        solved)(?:_(?:up|online|to_normal|again|by_itself|on_its_own|in_service))?
        back_(?:up|online|to_normal|in_service|on_its_feet) recovered(?!_(?:from_backup|yet))
        (?:working|works|up|fine|ok|normal|healthy)_(?:again|now) came_back self-?heal(?:ed|ing)
        no_longer_(?:down|failing|happening|an_issue|slow|seeing|see|occurs?|broken) never_?mind false_alarm
        has_(?:cleared|gone_away|passed|recovered|resolved|been_(?:fixed|resolved|restored|solved))
        went_away_(?:by|on) resolved_itself fixed_itself (?:all|everything)_(?:good|fine|ok|normal|green|
        quiet|clear|stable)(?:_now|_again|_today|_since)? you_can_close please_close
        (?:close|closing)_(?:the|this)_(?:ticket|case|request) stable_since disregard ignore_(?:my|the|
        this)_(?:last|previous|earlier|mail|message) lasted_(?:about_|around_|roughly_)?\w+_(?:minutes|min|
        hours?|seconds) over_now panic_over stand_down have_service_again is_over
    """,
    "not-recovered": r"""
        (?:not|isn't|aren't|never|hasn't|haven't|nothing_has)_(?:yet_|been_|fully_|really_|come_|
        gone_)?(?:recovered|restored|back|resolved|fixed|solved|cleared|sorted) still_(?:down|not|failing|
        broken|dead|offline|the_same|unreachable|seeing|getting|getting_errors|no|500|50[0-9]|stuck|
        unavailable|happening|out|nothing) down_again (?:has_|just_)?(?:gone|went|dropped|died|failed|
        crashed)~again came_back_(?:again|worse) again_(?:now|today|this_morning|since)
        when_will~(?:back|restored) back_again no_improvement keeps_(?:crashing|failing|going|dying|coming|
        happening|dropping) again_and_again once_more relapsed?
    """,
    "planned": r"""
        planned plan(?:s|ning)?_(?:to|for|a|the|on) scheduled? scheduling reschedul\w+
        maintenance(?:_window|_page)? upcoming (?:change|release|migration|cut-?over)_(?:window|plan|
        request|night|weekend) (?:we|i)_(?:will|shall|intend|are_going_to|want_to|would_like_to|
        plan)_(?:be_)?(?:deploy\w*|migrat\w+|switch\w*|upgrad\w+|reboot\w*|restart\w*|tak(?:e|ing)|shut\w*|
        mov(?:e|ing)|replac\w+|patch\w*|run\w*|stop\w*|cut\w*|launch\w*|perform\w*|decommission\w*|turn\w*)
        (?:we'll|i'll|we're_going_to|we'd_like_to|i'd_like_to)_(?:be_)?\w+ next_(?:week|month|quarter|year|
        monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend|sprint) (?:this|on|coming|usual|
        fourth|first|last)_(?:saturday|sunday|weekend) on_purpose deliberate(?:ly)? intentional(?:ly)?
        heads-?up chg-?\d+ change_(?:ref|request|ticket|number|calendar) go-?live decommission(?:ed|ing)?
        in_(?:the_)?(?:april|may|june|july|august|september|october|november|december|january|february|
        q[1-4]) (?:in|within)_(?:two|three|four|six|a_few|the_coming)_(?:weeks|months) ahead_of black_friday
        mute suppress roll-?out_plan dry_run game_?day
    """,
    "hypothetical": r"""
        if suppos(?:e|ing) in_case(?!_(?:that|it)_helps) what_(?:happens|would_happen|will_happen|would|if)
        would(?!_(?:you|like|be_(?:good|great|nice|lovely|grateful|appreciated))) hypothetical(?:ly)?
        imagin(?:e|ing) assum(?:e|ing) worst_case should~(?:fail|go_down|die|happen|be_lost) were_to
        could_(?:that|this|it)_(?:happen|take|bring) in_the_event scenario what-?if thought_experiment
        whiteboard tabletop table-?top business_continuity whether
    """,
    "question": r"""
        \? how_(?:do|can|long|much|many|would|should|does|often|far)
        what_(?:is|are|does|do|kind|would|should|counts) which_(?:one|of|would|option|do|is|aws|region|
        instance|service) could_you_(?:explain|tell|advise|recommend|clarify|point|confirm|say)
        can_you_(?:explain|tell|advise|recommend|clarify|point|confirm|say)
        do(?:es)?_(?:you|we|it|that|this|the)_\w+ wonder(?:ing|ed)? curious questions? asking_for
        recommend(?:ation|ed)? advice best_practice is_it_(?:possible|worth|ok|safe|true|better)
        are_(?:we|you)_\w+ would_you compar(?:e|ison) difference_between documentation docs
        clarif(?:y|ication) understand explain
    """,
    "request": r"""
        (?:please|kindly|can_you|could_you|could_somebody|would_you|can_we|need_you_to|i'd_like_to|
        we'd_like_to|would_like_to|want_to|i_need|we_need)_(?:please_|kindly_|also_|then_|get_|
        have_)?(?:send|provide|schedule|create|add|remove|delete|reset|grant|enable|disable|open|set_up|
        setup|quote|increase|raise_the_(?:limit|quota)|order|extend|rename|change|update|give|resize|
        deactivate|revoke|assign|book|arrange|prepare|share|register|allow|whitelist|allow-?list|upgrade|
        terminate|whitelist|plan|install|renew|cancel|apply|invite|onboard|offboard|forward|move)
        new_(?:joiner|starter|colleague|employee|account|bucket|user|environment|vpc)s? leaver
        left_the_company access_(?:for|to) read-?only_access permission_for quota limit_increase
        service_request approv(?:al|ed|e)
    """,
    "billing": r"""
        invoices? bill(?:s|ed|ing)? credit_notes? service_credits? quot(?:e|es|ation|ations)
        purchase_orders? po_number accounts_payable vat savings_plans? reserved_instances? ris?
        cost(?:s|_explorer|_report)?(?!_us) budget(?:s)? pricing price licen[cs]es? contract renewal tender
        accounting finance tax procurement purchasing payment_terms cheaper subscription
    """,
    "rca": r"""
        rca root_cause(?:_analysis)? post-?mortem incident_report outage_report after-?action
        lessons_learn(?:ed|t) timeline preventive how_many_outages downtime_in availability_figures
        sla_report retrospective write-?up explanation
    """,
    "thanks": r"""
        thanks?_(?:you_)?(?:for|again|to_your|so_much|a_lot|everyone|all|both) thank_you
        great_(?:work|job|support) well_done kudos much_appreciated cheers perfect brilliant grateful
    """,
    "automatic": r"""
        out_of_(?:the_)?office automatic_reply auto-?reply autoreply
        on_(?:annual_|parental_|sick_|maternity_)?leave away_from_(?:my_desk|the_office) on_vacation
        on_holiday_until no_longer_work(?:s|ing)? left_the_company undeliverable
        delivery_(?:has_)?(?:failed|status|failure) couldn't_be_delivered could_not_be_delivered
        mailbox_(?:is_)?full mailer-daemon final-recipient diagnostic-code this_mailbox_is read_receipt
        your_message_was_read~ accepted: declined: tentative: will_reply_(?:on|when|after)
        limited_access_to_e?-?mail i_am_away i'm_away back_on
    """,
    "marketing": r"""
        unsubscribe opt_?out decision_maker \d+_minutes?_(?:of_your_time|on|this|next|call|chat)? webinar
        newsletter guaranteed limited_(?:time_)?offer special_offer discount promo(?:tion)? seo
        search_rankings? backlinks? free_(?:audit|trial|demo|consultation|assessment)
        our_(?:experts|platform|solution|ai|product) (?:cut|slash|reduce)_your lottery winner inheritance
        crypto_investment business_proposal reply_yes sponsor(?:ship)? trade_show booth white_?paper
        register_now early_bird recruit(?:er|ing|ment) candidates? are_you_the_right_person gift_card
        wire_transfer click_(?:here|the_link) verify_your_(?:account|password|mailbox)
    """,
    "no-hurry": r"""
        no_(?:hurry|rush|urgency|panic|pressure) not_(?:urgent|an_incident|an_emergency|pressing|critical|
        a_problem|in_a_hurry) when(?:ever)?_(?:you_)?(?:convenient|it_suits|have_time|get_a_chance|
        have_a_moment|it's_convenient|you_can) at_your_(?:convenience|leisure) low_priority whenever
        by_end_of_(?:next_)?(?:week|month) next_week is_(?:fine|soon_enough) in_the_coming_(?:weeks|days)
        can_wait just_(?:curious|forwarding|fyi|wondering|checking|asking|a_note) fyi
        during_(?:the_day|office_hours|business_hours) this_(?:quarter|month) in_office_hours
        before_the_weekend tomorrow_is_fine all_fine all_is_well
        nothing_(?:is_)?(?:down|broken|wrong|urgent|on_fire) no_(?:incident|fault|outage|problem_at_all|
        issue_at_all|technical_problem|downtime)
    """,
    "business": r"""
        revenue losing_(?:money|sales|customers) phones?_(?:are_|is_)?(?:ringing|melting|red_hot) ceo coo
        cto board the_press regulator major_incident war_?room bridge storm all_hands on_fire
        support_(?:chat|line|desk)~(?:waiting|flooded|swamped|overwhelmed|melting)
        customers_(?:are_)?(?:calling|complaining|shouting|screaming|waiting|furious|angry)
        per_(?:hour|minute) queues? help!+ asap highest_severity sev(?:erity)?[-_]?1 p1 full_attention
        drop_everything any_cost
    """,
    "whole-thing": r"""
        (?:web)?site platform the_app our_app application the_system systems business company production
        prod web_?shop shop store portal service services backend back-?end (?:booking|reservation|order|
        trading|payment|ticketing|core_banking|dispatch|erp|wms|mes|pos|crm|ehr|emr)_(?:engine|system|
        platform|service|gateway)? erp wms mes pos hosts? cluster vpc account domain dns checkout game
        marketplace exchange airline call_?cent(?:re|er) contact_cent(?:re|er) core_\w+ login sign-?in
    """,
    "function": r"""
        feature function module search refunds? coupons? vouchers? points loyalty reviews?
        uploads?|uploading downloads? exports? imports? confirmations? e-?mails? sms notifications? push
        webhooks? invoice_printing printing images? avatars? comments chat maps? tracking recommendations?
        sign-?ups? registrations? password_resets? gift_cards? returns labels? geocoding thumbnails?
        playback videos? subtitles? attachments? pdf feeds? sync partner_api integration edi scanners?
        barcode payment_method credit_cards? paypal apple_pay bank_transfer filters? sorting wish_?list
        calendar scheduler rider driver courier location stock inventory prices batch
    """,
}
