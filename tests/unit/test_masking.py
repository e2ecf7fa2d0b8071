"""Free text without numbers and names: every one of them, however it is written."""

import pytest

from gridmap.rules import masking


@pytest.mark.parametrize(
    "number",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "138.1234.5678",
        "1 3 8 1 2 3 4 5 6 7 8",
        "138－1234－5678",
        "１３８１２３４５６７８",
        "+86 13812345678",
        "86-13812345678",
        "0938-8212345",
        "（0938）8212345",
        "010 1234 5678",
        "62292219800101123X",
        "622922 19800101 1234",
        "622922-1980-01-01-123x",
        "622922800101123",
    ],
)
def test_every_number_is_hidden_not_only_the_first(number: str) -> None:
    hidden = masking.words(f"打{number}，不通再打{number}或 {number}。")
    assert hidden.count("已隐去］") == 3
    assert not set("23456789") & set(hidden)


@pytest.mark.parametrize(
    "plain",
    [
        "3号楼2单元501",
        "编号 20260611-0001",
        "2026-06-11 14:32 到 2026-06-12",
        "水深 138 厘米，长 1234 米",
        "土方 1380000 方",
        "0000-158",
        "",
    ],
)
def test_other_numbers_stay(plain: str) -> None:
    assert masking.words(plain) == plain


def test_names_are_hidden_wherever_they_stand_and_the_longest_first() -> None:
    hidden = masking.words("王小明和王小明明吵架，王小明的娘来了", ["王小明", "王小明明", ""])
    assert hidden == "［姓名已隐去］和［姓名已隐去］吵架，［姓名已隐去］的娘来了"
