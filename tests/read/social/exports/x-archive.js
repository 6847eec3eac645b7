window.YTD.tweets.part0 = [
 {
  "tweet": {
   "id_str": "10",
   "full_text": "@shophelp where is my parcel?",
   "created_at": "Sun Mar 01 10:00:00 +0000 2026",
   "favorite_count": "2",
   "retweet_count": "1",
   "lang": "en",
   "in_reply_to_status_id_str": "9",
   "entities": {
    "hashtags": []
   }
  }
 }
]
