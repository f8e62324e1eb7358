"""What a subject is about: service and symptom, in Chinese and English."""

from __future__ import annotations

import time

import pytest

from gateway.domain.themes import Symptom, read, theme
from gateway.domain.vocabulary import symptoms


@pytest.mark.parametrize(
    ("subject", "symptom"),
    [
        ("Aurora failed over last night, reader won't come back", Symptom.FAILOVER),
        ("生产库主备切换后应用报错", Symptom.FAILOVER),
        ("All S3 objects deleted by mistake", Symptom.DATA_LOSS),
        ("订单表数据丢失", Symptom.DATA_LOSS),
        ("Access keys were leaked on a public repository", Symptom.SECURITY),
        ("EC2 疑似被入侵挖矿", Symptom.SECURITY),
        ("Certificate of www.harbour.example expires tomorrow", Symptom.CERTIFICATE),
        ("官网证书快过期了", Symptom.CERTIFICATE),
        ("Please restore yesterday's snapshot", Symptom.BACKUP),
        ("备份任务失败", Symptom.BACKUP),
        ("Cannot log in, lost my MFA phone", Symptom.LOGIN),
        ("控制台登录不上,收不到验证码", Symptom.LOGIN),
        ("AccessDenied when writing to the bucket", Symptom.PERMISSIONS),
        ("新同事需要只读权限", Symptom.PERMISSIONS),
        ("Raise our vCPU limit in Frankfurt", Symptom.QUOTA),
        ("申请提升 EIP 配额", Symptom.QUOTA),
        ("Disk full on the build server", Symptom.STORAGE),
        ("数据库磁盘使用率 95%", Symptom.STORAGE),
        ("Question about the May invoice", Symptom.COST),
        ("上月账单为什么翻倍", Symptom.COST),
        ("VPN tunnel keeps dropping", Symptom.NETWORK),
        ("域名解析不生效", Symptom.NETWORK),
        ("Rollback of this morning's release is stuck", Symptom.DEPLOYMENT),
        ("流水线发布卡在构建", Symptom.DEPLOYMENT),
        ("Report page very slow since noon", Symptom.PERFORMANCE),
        ("接口延迟很高", Symptom.PERFORMANCE),
        ("Checkout down for all customers", Symptom.UNAVAILABLE),
        ("網站打不開", Symptom.UNAVAILABLE),
        ("Nightly export fails with an exception", Symptom.ERRORS),
        ("导出报表出错", Symptom.ERRORS),
        ("Please upgrade our EKS cluster next week", Symptom.CHANGE),
        ("周日凌晨升级 EKS 版本", Symptom.CHANGE),
        ("How do I tag resources?", Symptom.QUESTION),
        ("请问如何给资源打标签", Symptom.QUESTION),
        ("ALB or NLB?", Symptom.QUESTION),
        ("Tills", Symptom.OTHER),
        ("门店情况", Symptom.OTHER),
        ("", Symptom.OTHER),
    ],
)
def test_a_subject_is_read_for_its_symptom(subject: str, symptom: Symptom) -> None:
    assert read(subject) is symptom


@pytest.mark.parametrize(
    ("subject", "symptom"),
    [
        ("Change of a security group", Symptom.NETWORK),
        ("SQS 消费有延迟", Symptom.PERFORMANCE),
        ("信用卡付款失败", Symptom.ERRORS),
        ("Download link", Symptom.OTHER),
        ("Breakdown of hours", Symptom.OTHER),
    ],
)
def test_words_that_hold_others_are_read_as_what_they_are(subject: str, symptom: Symptom) -> None:
    assert read(subject) is symptom


def test_the_particular_symptom_counts_before_the_general() -> None:
    assert read("RDS down and very slow after failover") is Symptom.FAILOVER
    assert read("Site down, access denied everywhere") is Symptom.PERMISSIONS


def test_both_languages_in_one_subject_are_read() -> None:
    assert read("Urgent 生产 failover 之后") is Symptom.FAILOVER
    assert read("URGENT!!! 权限") is Symptom.PERMISSIONS


def test_the_service_noted_on_the_ticket_counts() -> None:
    assert theme("It is slow", services=["rds"]).service == "rds"


def test_of_several_services_the_first_that_the_subject_names_counts() -> None:
    assert theme("S3 sync from EC2 slow", services=["ec2", "rds", "s3"]).service == "s3"


def test_of_several_services_that_the_subject_does_not_name_the_first_noted_counts() -> None:
    assert theme("It is slow", services=["ec2", "rds"]).service == "ec2"


def test_a_service_named_in_the_subject_alone_counts() -> None:
    assert theme("Aurora 很慢").service == "rds"


@pytest.mark.parametrize(
    ("service", "kind", "symptom"),
    [
        ("cost-optimisation", "request", Symptom.COST),
        ("account-management", "incident", Symptom.PERMISSIONS),
        ("architecture-advice", "incident", Symptom.QUESTION),
        ("technical-support", "change", Symptom.CHANGE),
        ("technical-support", "request", Symptom.QUESTION),
        ("technical-support", "incident", Symptom.OTHER),
    ],
)
def test_where_words_say_nothing_the_service_and_the_kind_do(
    service: str, kind: str, symptom: Symptom
) -> None:
    assert theme("Tills", service=service, kind=kind).symptom is symptom


def test_words_count_before_the_service_of_the_contract() -> None:
    assert theme("Site down", service="cost-optimisation").symptom is Symptom.UNAVAILABLE


def test_both_vocabularies_name_every_symptom_but_other_in_its_order() -> None:
    wanted = [each for each in Symptom if each is not Symptom.OTHER]
    assert list(symptoms.ENGLISH) == list(symptoms.CHINESE) == wanted


@pytest.mark.parametrize(
    "piece", ["data_", "a ", "restore the the ", "数据", "((((", "cannot ", "increase the "]
)
def test_hostile_subjects_take_no_time(piece: str) -> None:
    began = time.monotonic()
    theme(piece * 200_000)
    assert time.monotonic() - began < 10


def test_only_the_beginning_of_a_text_is_read() -> None:
    assert read("x " * 400 + "failover") is Symptom.OTHER
