//! The crews by name. Nobody here is a real person.

/// When somebody works.
#[derive(Clone, Copy)]
pub(super) enum Hours {
    /// 07:00 to 15:00.
    Early,
    /// 08:00 to 16:30.
    Normal,
    /// 10:00 to 19:00.
    Late,
    /// 08:00 to 13:00, without a lunch break.
    Half,
}

/// How somebody is away on the day.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Away {
    /// Not at all.
    No,
    /// The whole day.
    Sick,
    /// At a course until 11:00.
    Course,
}

/// One of the crew.
pub(super) struct Member {
    pub(super) id: &'static str,
    /// The neighbourhood where they live, or where their truck stands if they start at a depot.
    pub(super) home: &'static str,
    pub(super) hours: Hours,
    pub(super) away: Away,
    /// `east`, `west`, or empty for everywhere.
    pub(super) side: &'static str,
    pub(super) skills: &'static [Held],
}

/// A skill of one of the crew.
pub(super) struct Held {
    pub(super) name: &'static str,
    pub(super) level: u8,
    /// Days from the planning date to the last day of the certificate, below 0 if it has lapsed; none if
    /// there is no certificate.
    pub(super) days: Option<i64>,
}

macro_rules! roster {
    () => { None };
    ($days:literal) => { Some($days) };
    ($($id:literal $home:literal $hours:ident $away:ident $side:literal
        [$($skill:ident : $level:literal $(: $days:literal)?)*])*) => {
        /// All of them.
        pub(super) const ROSTER: &[Member] = &[$(Member {
            id: $id, home: $home, hours: Hours::$hours, away: Away::$away, side: $side,
            skills: &[$(Held { name: stringify!($skill), level: $level, days: roster!($($days)?) }),*],
        }),*];
    };
}

roster! {
//  id                  home or depot      hours  away   side   skills: level, and days of the certificate
    "alma-reyes"        "WESTWOOD"         Early  No     ""     [paving:4 water:2 trees:2]
    "ben-kowalski"      "QUEENSGATE"       Early  No     ""     [paving:2 signs:3:60 bulky:1]
    "carla-mbeki"       "OAKLEY"           Normal No     ""     [signs:4 signals:2:200 aloft:3:45 trees:1]
    "dev-sharma"        "CLIFTON"          Normal No     ""     [signals:5:400 lighting:4:400 aloft:4:90]
    "erik-lindqvist"    "NORTHSIDE"        Late   No     ""     [signals:3:-6 lighting:3:150 aloft:2:150 cleaning:2]
    "fatima-haddad"     "PLEASANT RIDGE"   Normal No     ""     [lighting:2:80 signs:2 aloft:2:-20 grounds:1]
    "gus-oneill"        "COLLEGE HILL"     Early  No     ""     [trees:5:300 aloft:5:300 grounds:2]
    "hana-suzuki"       "MT. WASHINGTON"   Normal No     ""     [trees:3:120 aloft:2:30 grounds:3]
    "ivan-petrov"       "SAYLER PARK"      Normal No     "west" [water:4 paving:3 grounds:1]
    "joy-abara"         "EVANSTON"         Late   No     ""     [water:3 paving:2 bulky:1]
    "kenji-mori"        "HYDE PARK"        Normal Sick   ""     [building:4 health:3]
    "lucia-romano"      "EAST PRICE HILL"  Normal No     "west" [building:3 grounds:2]
    "marcus-bell"       "AVONDALE"         Normal No     ""     [building:5 health:2]
    "nadia-osman"       "WALNUT HILLS"     Late   No     ""     [building:2 health:2 grounds:2]
    "omar-diallo"       "ROSELAWN"         Normal No     ""     [health:5 building:2]
    "petra-novak"       "MT. AIRY"         Early  Course ""     [building:3 health:3]
    "quinn-harper"      "QUEENSGATE"       Early  No     "west" [bulky:3 grounds:1]
    "rosa-delgado"      "QUEENSGATE"       Early  No     "west" [bulky:2 carts:2]
    "samuel-ofori"      "EVANSTON"         Early  No     "east" [bulky:2 carts:1]
    "tess-macarthur"    "EVANSTON"         Early  No     "east" [bulky:3 cleaning:2]
    "umut-yilmaz"       "QUEENSGATE"       Normal No     ""     [bulky:1 grounds:2 cleaning:3]
    "vera-castellano"   "EVANSTON"         Normal No     ""     [bulky:2 carts:3 signs:1]
    "will-tanaka"       "MADISONVILLE"     Normal No     "east" [grounds:3 cleaning:2 building:2]
    "xenia-papas"       "WEST PRICE HILL"  Normal No     ""     [grounds:4 trees:2 cleaning:1]
    "yusuf-karim"       "CUF"              Half   No     ""     [health:3 grounds:1 carts:1]
}

/// Somebody who has left, but whom visits still name. The food licence left with them.
pub(super) const FORMER: &str = "zoe-whitlock";
