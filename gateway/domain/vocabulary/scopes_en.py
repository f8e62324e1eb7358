r"""Whom and what a fault reaches, and where, in English, by signal. Notation: see the package."""

from __future__ import annotations

from typing import Final

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
        all_(?:down|dead|offline|gone|red|failing|out) no_(?:user|customer|client|page|store|order|call|booking|member|person|till|terminal|shop|machine|screen|branch|driver|guest|student|request|
        payment|transaction|service|production|login|patient|flight|parcel|clinic|traffic)s? fully both~and
        hard_down (?:whole|entire)_\w+ on_this_planet the_public any_(?:user|customer|client|store|merchant|
        page|caller|of_our|of_the|network|location|agent|host|partner|branch)s? all_(?!ok|okay|good|fine|normal|we_|say|that|is_|quick|green|clear|well|right|set|paid|and_|in_|you|i_|to_|for_|over_|about|by_)(?:\w+_)?\w+
        from_anywhere anywhere no_(?:\w+_)?(?:patients?|citizens?|clerks?|cash_registers?|trains?|card|
        orders?|transactions?|centres?|tellers?) everybody (?:both|neither|either)_\w+_(?:and|nor)_\w+
        all_behind any_of_(?:our|the|them) single_document across_all (?:for|to|by|with|hits|affects|
        affecting|impacting)_(?:all|everyone|everybody|every)
        (?:each|every)_(?:one|sale|order|call|request|channel|site|shop|user|customer)
        (?:in|at|for|from|of)_(?:all|every)_\w+
        0_(?:logins|orders|sales|successful|transactions|calls|bookings|sessions|payments|requests)
        not_any_\w+ (?:nor)_for wherever whichever_\w+ anyone~at_all no_one_at_all
        (?:\d+)_of_the_\d+_\w+_(?:all) all_we_do only_product single_product one_and_only
        every_(?:box|kiosk|till|counter|line|school|shop|device|country|depot|station|desk) no_\w+_in_any
        any_(?:device|country|hall|city|branch|region) on_every_(?:node|host|device|line)
    """,
    "scope-part": r"""
        some_(?:of_|users|customers|clients|people|requests|pages|stores|sites) partial(?:ly)? part_of
        subset certain specific(?:ally)? a_few several a_handful a_couple_of half
        a_(?:third|quarter|fifth|tenth|sixth) two_thirds (?:one|two)_in_(?:\w+) one-?third
        (?!100_?%)\d+(?:\.\d+)?_?(?:%|percent|per_cent)(?!_(?:cpu|full|used|uptime|off|disk|memory|discount))
        (?!0_)(?<![,.])\d+_(?:out_)?of_(?:our_|the_|its_)?\d+ (?:one|two|three|four|five|six)_(?:out_)?of_(?:our_|the_)?(?:\w+)
        every_(?:second|third|other|fourth|fifth) only(?!_(?:the_)?(?:production|way|one_who)) except
        apart_from just_the just_one one_(?:tenant|customer|region|az|availability_zone|shard|store|branch|
        warehouse|client|partner|site|country|module|function|feature|endpoint|group|channel|carrier|isp|
        payment_method|category|language|market) our_(?:largest|biggest|main)_(?:customer|client|tenant)
        (?:ios|android|safari|mobile|desktop|ipv6|windows)_(?:users?|app|clients?|only) limited_to
        (?:customers|users|clients|people)_(?:in|from|on|with|who)_\w+ the_\w+_(?:feature|function|module|
        endpoint|page|tab|button|form|screen) new_(?:users|customers|registrations|sign-?ups)
        (?:all_)?(?:of_)?(?:our_|the_)?(?:eu|emea|apac|uk|us|usa|latam|dach|nordics?|europe(?:an)?|asian?|
        africa|american?|german|germany|french|france|spanish|spain|italian|italy|dutch|swiss|polish|
        indian?|china|chinese|japan(?:ese)?|brazil(?:ian)?|mexic\w+|australian?|canad\w+|singapore|tokyo|
        frankfurt|london|paris|dublin|mumbai|sydney|ireland|oregon|virginia|northern|southern|eastern|
        western|overseas|domestic|foreign|international|north|south|east|west)_(?:customers?|users?|
        clients?|offices?|stores?|shops?|branch(?:es)?|sites?|stack|region|hub|warehouses?|depots?|tenants?|
        traffic|market|team|orders?|storefronts?|endpoint|node|pop|edge|site|visitors|players|region)
        (?:shipped_to|routed_to|orders_to|orders_from|traffic_from|only_for|only_from|only_in|only_on|
        only_with|only_when|those_on|those_with|pinned_to) (?:two|three|four|five|six|seven|eight|nine|ten|
        eleven|twelve|\d+)_of_(?:our|the|its) one_of_(?:our|the|its)_(?:\w+)
        (?:only|just)_(?:the|one|in|for|on|with|those|our)_\w+
        (?:zone|hall|line|lane|gate|terminal|campus|district|depot|route|channel|queue|wing|floor|ward|berth|dock|track)_(?:[a-z]|\d+)
        for_(?:the_)?\w+_only (?:about|roughly|around|approx\.?)_\d+_of
       
        (?:brazil|india|japan|germany|france|spain|italy|poland|africa|asia|europe|australia|canada|mexico|uk|eu|us|apac|latam)_only
        only_(?:the_)?\w+ (?:all|only)_of_them_(?:in|from|on) [a-z]+_only largest_tenant biggest_tenant
        vip_\w+ (?:only|just)_in (?:south|north|east|west)_of tenant_\w*\d\w* loyalty members_get
    """,
    "scope-single": r"""
        my_(?:own_)?(?:laptop|account|user|password|machine|pc|mac|workspace|desktop|login|iam_user|vpn|
        phone|mfa|browser|key|access|client|token|screen|permissions?|profile|outlook) only_me just_me
        (?:one|a)_(?:single_)?(?:user|colleague|person|employee|developer|analyst|agent|customer_of_ours|
        member|staff_member|new_joiner|consultant|contractor) single_user for_me i_(?:can't|cannot|
        am_unable|keep_getting|get_an?|forgot|lost|dropped) colleagues?_(?:can|are|is|have|has|do|see|next|
        with)~(?:fine|ok|no|not|same|it|without|in)? (?:his|her|their)_(?:laptop|account|password|machine|
        workspace|mfa|login|pc) (?:works|fine)_for_(?:everyone|everybody)_else (?:for|of|from|by)_(?:one|
        a)_(?:user|colleague|person|customer) mfa password_reset forgot~password locked_myself only_me
        (?:customer|user|client)_(?:no\.?_)?\d+ others_do the_\d+_others
       
        (?:my|his|her)_(?:ipad|tablet|camera|scanner|printer|headset|keyboard|mailbox|screen|computer|notebook|excel|sap|browser|handheld|iphone|android|monitor|docking|pos|till)
        (?:till|pos|terminal|printer|scanner|camera|screen|kiosk|desk|room|register)_(?:no\.?_|number_)?\d+
        i\'m_the_only i_am_the_only
        (?:only|just)_(?:one|a_single|1)_(?:person|user|camera|device|till|terminal|printer|desk|screen|seat|customer)
        it\'s_(?:just|only)_(?:mr|ms|dr|him|her|me)
        one_(?:pc|laptop|till|terminal|printer|scanner|camera|screen|kiosk|handset|phone|desk|mailbox|seat)
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
        fine) (?:are|is)_(?:operating|serving|selling|up|online|alive|open|running|going_through|fine|okay|
        ok|out_of_trouble)(?!_out|_again) (?:customers|users|people|we|they|others?|visitors|
        shoppers)_can_(?:still_)? (?:serve|serves|sell|sells|operate|operates|work|works|go|goes|print|
        prints|bank)_(?:normally|as_usual|through|fine|from|online|on) do\.$ (?:come|comes|coming|came|go|
        goes|went)_(?:in_as_usual|in_normally|through|in_fine)
        (?<=[a-z)]_)(?:ok|okay|fine|normal(?:ly)?|healthy)(?=_?[.,;)!:\n]|_?$) as_(?:usual|normal)
        (?:others?|the_rest|everyone_else|everything_else|nobody_else)~(?:can|gets?|do|does|run|runs|prints?|opens?|sells?|have|has)
        (?:aren\'t|isn\'t)_touched runs?_without
        (?:run|runs|sell|sells|work|works|print|prints|load|loads|function)(?=[.,;)]) other~yes
       
        (?:all|other|others?|the_other)_(?:\w+_){0,3}(?:ok|okay|fine|normal|green|good|up|healthy|unaffected|alive)(?![_]?(?:to|if|for_us_to))
        (?:serves?|carries|passes|handles|takes)_(?:everything|all|the_(?:load|traffic))
        no_(?:user|customer|client|subscriber|one|session|sessions)_(?:noticed|called|lost|affected|complained)
        nobody_is_(?:stuck|blocked|affected) (?:can|could)_still
        (?:app|apps|site|web|shop|payments?|checkout|home|orders?|sales?|login|booking|chat|primary|production|live|phones?|browsing)_(?:is_|are_|was_|still_)?(?:ok|okay|fine|up|good|green|alive|normal|work|works|working|sells?|sell|unaffected|untouched)
        (?:[a-z]+,_){1,4}[a-z]+_(?:ok|okay|fine|work|works|good|up|normal) carried_on trades? trading
        everybody_else everyone_else nobody_else all_requests_complete are_readable
    """,
    "noncritical": r"""
        report(?:s|ing)? dashboards? back-?ups? monitoring grafana kibana prometheus alarms? alerts? jenkins
        pipelines? ci ci/cd builds? runners? gitlab github bitbucket artifactory nexus sonarqube argocd wiki
        intranet confluence jira internal(?:_tool|_system|_app|_portal)? back-?office bi tableau quicksight
        metabase analytics warehouse redshift athena glue etl newsletter
        log_(?:shipping|collection|archiv\w+) logs bastion jump_?(?:host|box) printers? time-?sheets?
        meeting_rooms? snapshots? archive cosmetic typo screenshot retention month-?end statistics
        export_to_excel cron(?:_?job)? nightly workspaces? hr_(?:tool|system|portal) admin_(?:tool|ui|panel)
        image_registry ecr lifecycle tagging patch(?:ing)?_compliance inventory_report (?:hr|marketing|
        sales|finance|newsletter|intranet|training|time|expense|travel|canteen|
        booking_of_rooms)_(?:self-?service|tool|team|portal|people|pictures) employees developers analysts
        file_share nas sftp cosmetics? admin_panel pencil runner metrics pager slack orphaned
    """,
    "environment-other": r"""
        staging stage(?=_env|_cluster|_is|\b_db) stg uat sit(?=_(?:env|server|system|cluster|stack|db)) qa test(?:ing)?_?(?:env\w*|system|cluster|
        server|db|database|account|stack|instance|site|lab|bench|rig|tenant|stage) (?:on|in)_test
        dev(?:elopment)?_?(?:env\w*|system|cluster|server|db|database|account|box|stack|machine|vpc|
        instance) (?:in|on|our|the)_dev development sandbox demo(?:_\w+)? poc proof_of_concept
        pre-?prod(?:uction)? non-?prod(?:uction)? dr_(?:site|region|env\w*|exercise|drill|test|rehearsal|
        copy|account|cluster|side|system)s? disaster_recovery
        training_(?:env\w*|system|room|tenant|cluster|server) lab playground
        perf(?:ormance)?_(?:env\w*|test\w*|cluster) load-?test(?:ing|s)? test-\w+ dev-\w+ \w+-(?:dev|test|
        stg|staging|uat|qa|sandbox|demo|poc|lab|preprod) rehearsal acceptance_(?:env\w*|test\w*|system)
        integration_env\w* pilot mock testers hackathon (?:test|preview|preprod|stage|nonprod|rehearsal|lab|evaluation|pilot|testing|training|dev|qa|demo|trial|practice|
        mock|dummy)_(?:\w+_)?(?:shop|store|db|database|site|data|machine|server|app|api|copy|bucket|cards?|
        environments?|accounts?|clusters?|systems?|instances?|users?|portal|realm|rig|farm|tablets|screens|workspace|vpc|tool|desktops?) (?:performance|load|stress|
        integration|acceptance|regression|user)[-_]test\w* \w+[-_]testing int_environment no_real_data
        trainees (?<!pen_)(?<!pen-)testers? partner_testers sandboxes non-?live
        preprod pre-?live
        (?:practice|rehearsal|evaluation|integration|showroom|trial)_(?:environment|system|room|portal|stack)
        environment_of_(?:test|integration|development) (?:in|on|for)_(?:the_)?rehearsal showroom
        (?:qa|uat|staging|stg|dev|test|sandbox)_(?:network|side|rig|farm|realm|stack|people) \(qa\) \(dev\)
        \(test\) (?:the_)?(?:whole_)?(?:load|stress|perf)[-_]test_rig no_production not_production
        isn\'t_production
    """,
    "environment-production": r"""
        (?<!pre-)(?<!pre_)(?<!non-)(?<!non_)(?:production|prod) live(?!_(?:chat|stream|event|demo|on\b)) (?!pre-|non-)\w+-prod
        prod-\w+ public_(?:site|website|api) web_?shop web_?store storefront online_shop
        real_(?:customers|users) paying_customers
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
        nothing_to_do_with_prod\w* no_customer_\w+ internal_only no_(?:impact|effect|real_data|
        customers_there|live_data|outside_effect) nobody_(?:notices|noticed|sees|complained|outside)
        (?:hosts?|instances?|services?|machines?|systems?|apps?|applications?|workloads?|everything|pods?|
        stores?|shop_systems)_(?:themselves_)?(?:are_|is_|run_|all_)*(?:fine|ok|okay|healthy|work|
        unaffected|running) production_(?:not|isn\'t|is_not)_(?:concerned|affected|involved|touched)
        prod_is_(?:another|a_different|separate|in_another) (?:other|separate|different)_account
        not_in_production users_see_nothing without_sweat thanks_to_(?:three|two|the)_replicas apps?_ok
        can_wait keeps_quorum
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
