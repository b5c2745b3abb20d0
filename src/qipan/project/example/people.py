"""The people of the county and their posts. All of them are made up."""

from __future__ import annotations

from dataclasses import dataclass

from qipan.ground.units.models import Person, Post, Role, Unit


@dataclass(frozen=True, slots=True)
class PostPlan:
    """A person in a post. The first post of each role is the account that the example is entered by."""

    username: str
    zh: str
    en: str
    unit: str
    role: str
    title_zh: str
    title_en: str


OFFICE = PostPlan(
    "example-office",
    "沈知远",
    "Shen Zhiyuan",
    "qs-civilization",
    Role.OFFICE,
    "创城办副主任",
    "Deputy head, campaign office",
)
LEADER = PostPlan(
    "example-leader",
    "陆怀山",
    "Lu Huaishan",
    "qs-headquarters",
    Role.LEADER,
    "指挥部常务副总指挥",
    "Executive deputy commander",
)
HEAD = PostPlan(
    "example-head",
    "曹立新",
    "Cao Lixin",
    "qs-urban-management",
    Role.HEAD,
    "城市管理局局长",
    "Head, Urban Management Bureau",
)
LIAISON = PostPlan(
    "example-liaison",
    "温小荷",
    "Wen Xiaohe",
    "qs-hekou",
    Role.LIAISON,
    "河口镇创城联络员",
    "Campaign liaison, Hekou Town",
)
INSPECTOR = PostPlan(
    "example-inspector",
    "罗一鸣",
    "Luo Yiming",
    "qs-civilization",
    Role.INSPECTOR,
    "创城办督查员",
    "Inspector, campaign office",
)

OTHERS: tuple[PostPlan, ...] = (
    PostPlan(
        "example-inspector-2", "程可心", "Cheng Kexin", "qs-civilization", Role.INSPECTOR, "创城办督查员", "Inspector"
    ),
    PostPlan(
        "example-inspector-3", "秦大江", "Qin Dajiang", "qs-civilization", Role.INSPECTOR, "创城办督查员", "Inspector"
    ),
    PostPlan(
        "example-inspector-4", "宋晓岚", "Song Xiaolan", "qs-civilization", Role.INSPECTOR, "创城办督查员", "Inspector"
    ),
    PostPlan(
        "example-reviewer", "傅明远", "Fu Mingyuan", "qs-civilization", Role.REVIEWER, "材料审核组组长", "Head of document review"
    ),
    PostPlan(
        "example-survey", "白若溪", "Bai Ruoxi", "qs-civilization", Role.OFFICE, "问卷调查组组长", "Head of the survey team"
    ),
    PostPlan("example-mayor", "贺云川", "He Yunchuan", "qs-headquarters", Role.LEADER, "指挥部副总指挥", "Deputy commander"),
    PostPlan("example-head-market", "马志坚", "Ma Zhijian", "qs-market-regulation", Role.HEAD, "市场监督管理局局长", "Head"),
    PostPlan("example-head-traffic", "郑开路", "Zheng Kailu", "qs-traffic-police", Role.HEAD, "交警大队大队长", "Commander"),
    PostPlan("example-head-education", "许春华", "Xu Chunhua", "qs-education", Role.HEAD, "教育体育局局长", "Head"),
    PostPlan("example-head-health", "韩素问", "Han Suwen", "qs-health", Role.HEAD, "卫生健康局局长", "Head"),
    PostPlan("example-head-housing", "石建业", "Shi Jianye", "qs-housing", Role.HEAD, "住房和城乡建设局局长", "Head"),
    PostPlan("example-head-qingshi", "田野", "Tian Ye", "qs-qingshi", Role.HEAD, "青石镇镇长", "Head of Qingshi Town"),
    PostPlan("example-head-hekou", "江水生", "Jiang Shuisheng", "qs-hekou", Role.HEAD, "河口镇镇长", "Head of Hekou Town"),
    PostPlan(
        "example-liaison-qingshi", "叶青", "Ye Qing", "qs-qingshi", Role.LIAISON, "青石镇创城联络员", "Liaison, Qingshi Town"
    ),
    PostPlan(
        "example-liaison-liuping", "柳长风", "Liu Changfeng", "qs-liuping", Role.LIAISON, "柳坪乡创城联络员",
        "Liaison, Liuping Township",
    ),
    PostPlan(
        "example-liaison-urban", "吴静怡", "Wu Jingyi", "qs-urban-management", Role.LIAISON, "城市管理局联络员",
        "Liaison, Urban Management Bureau",
    ),
    PostPlan(
        "example-liaison-education", "唐书雅", "Tang Shuya", "qs-education", Role.LIAISON, "教育体育局联络员",
        "Liaison, Education and Sports Bureau",
    ),
    PostPlan("example-liaison-market", "孙秉正", "Sun Bingzheng", "qs-market-regulation", Role.LIAISON, "市场监督管理局联络员", "Liaison"),
    PostPlan("example-liaison-traffic", "高安平", "Gao Anping", "qs-traffic-police", Role.LIAISON, "交警大队联络员", "Liaison"),
    PostPlan("example-liaison-commerce", "钱通达", "Qian Tongda", "qs-commerce", Role.LIAISON, "商务局联络员", "Liaison"),
    PostPlan("example-liaison-transport", "陶远程", "Tao Yuancheng", "qs-transport", Role.LIAISON, "交通运输局联络员", "Liaison"),
    PostPlan("example-liaison-landscaping", "林茂", "Lin Mao", "qs-landscaping", Role.LIAISON, "园林绿化中心联络员", "Liaison"),
    PostPlan("example-liaison-police", "方正刚", "Fang Zhenggang", "qs-public-security", Role.LIAISON, "公安局联络员", "Liaison"),
    PostPlan("example-liaison-culture", "墨云", "Mo Yun", "qs-culture-tourism", Role.LIAISON, "文化和旅游局联络员", "Liaison"),
    PostPlan("example-liaison-shiqiao", "石磊", "Shi Lei", "qs-shiqiao", Role.LIAISON, "石桥镇创城联络员", "Liaison, Shiqiao Town"),
    PostPlan("example-liaison-bailu", "白鹭飞", "Bai Lufei", "qs-bailu", Role.LIAISON, "白鹿镇创城联络员", "Liaison, Bailu Town"),
    PostPlan("example-liaison-civil", "安顺民", "An Shunmin", "qs-civil-affairs", Role.LIAISON, "民政局联络员", "Liaison"),
    PostPlan("example-liaison-publicity", "闻笛", "Wen Di", "qs-publicity", Role.LIAISON, "宣传部联络员", "Liaison"),
    PostPlan("example-liaison-reform", "计远", "Ji Yuan", "qs-development-reform", Role.LIAISON, "发展和改革局联络员", "Liaison"),
    PostPlan("example-liaison-environment", "江清月", "Jiang Qingyue", "qs-environment", Role.LIAISON, "生态环境分局联络员", "Liaison"),
    PostPlan("example-liaison-zhuxi", "竹青青", "Zhu Qingqing", "qs-zhuxi", Role.LIAISON, "竹溪镇创城联络员", "Liaison, Zhuxi Town"),
)  # fmt: skip

#: The roles that the installation and the county have beside these, one account each.
MORE_ROLES = (
    PostPlan(
        "example-support", "向阳", "Xiang Yang", "qs-landscaping", Role.SUPPORT, "园林绿化中心配合事项经办人",
        "Supporting work, Landscaping Centre",
    ),
    PostPlan(
        "example-system", "严守正", "Yan Shouzheng", "qs-headquarters", Role.SYSTEM, "系统管理员", "System administrator",
    ),
    PostPlan(
        "example-security", "孔维安", "Kong Weian", "qs-headquarters", Role.SECURITY, "安全管理员", "Security administrator",
    ),
    PostPlan(
        "example-audit", "岳明鉴", "Yue Mingjian", "qs-headquarters", Role.AUDIT, "审计管理员", "Audit administrator",
    ),
)  # fmt: skip

POSTS: tuple[PostPlan, ...] = (OFFICE, LEADER, HEAD, LIAISON, INSPECTOR, *OTHERS, *MORE_ROLES)
INSPECTORS: tuple[PostPlan, ...] = tuple(plan for plan in POSTS if plan.role == Role.INSPECTOR)
REVIEWER = next(plan for plan in POSTS if plan.username == "example-reviewer")
SURVEYOR = next(plan for plan in POSTS if plan.username == "example-survey")


def own_voice(unit: str) -> PostPlan | None:
    """Return who speaks for a unit: its liaison, else its head; None where the example names nobody there."""
    of_unit = [plan for plan in POSTS if plan.unit == unit]
    return next((plan for plan in of_unit if plan.role == Role.LIAISON), of_unit[0] if of_unit else None)


def make_people(units: dict[str, Unit]) -> dict[str, Post]:
    """Make the people and their posts; nobody has a password. Return the posts by username."""
    people = []
    for plan in POSTS:
        person = Person(username=plan.username, full_name_zh=plan.zh, full_name_en=plan.en)
        person.set_unusable_password()
        people.append(person)
    Person.objects.bulk_create(people)
    known = Person.objects.in_bulk([plan.username for plan in POSTS], field_name="username")
    # The order decides which post of a role is offered as the example's account.
    made = Post.objects.bulk_create(
        [
            Post(
                unit=units[plan.unit], person=known[plan.username], role=plan.role, title_zh=plan.title_zh,
                title_en=plan.title_en,
            )
            for plan in POSTS
        ]
    )  # fmt: skip
    return {plan.username: post for plan, post in zip(POSTS, made, strict=True)}
